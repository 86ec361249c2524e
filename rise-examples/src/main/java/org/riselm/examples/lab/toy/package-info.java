/**
 * The quickstart's task: word problems with small sums, answered before they are worked out. Enter
 * at {@link org.riselm.examples.Quickstart}.
 */
@NullMarked
package org.riselm.examples.lab.toy;

import org.jspecify.annotations.NullMarked;
