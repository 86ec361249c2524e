/**
 * A task on which a second look must compute something new: an answer has room for three steps of a
 * longer sum, so later answers have to carry on where the one before stopped.
 */
@NullMarked
package org.riselm.examples.lab.relay;

import org.jspecify.annotations.NullMarked;
