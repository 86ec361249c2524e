/**
 * RISE on a real chat model: word problems in plain English, the recipe, and what a second turn
 * does to a first.
 */
@org.jspecify.annotations.NullMarked
package org.riselm.examples.lab.real;
