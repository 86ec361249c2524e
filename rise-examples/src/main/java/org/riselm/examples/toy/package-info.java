/**
 * The quickstart's task: word problems with small sums, answered before they are worked out. Enter
 * at {@link org.riselm.examples.toy.ToyTask}.
 */
@NullMarked
package org.riselm.examples.toy;

import org.jspecify.annotations.NullMarked;
