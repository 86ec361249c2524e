/**
 * The quickstart's task: word problems with small sums, answered before they are worked out. Enter
 * at {@link org.riselm.examples.lab.toy.ToyTask}.
 */
@NullMarked
package org.riselm.examples.lab.toy;

import org.jspecify.annotations.NullMarked;
