/**
 * Programs to copy from, each with a {@code main}. Enter at {@code Quickstart}; {@code
 * rise-examples/run} starts any of them by name.
 */
@NullMarked
package org.riselm.examples;

import org.jspecify.annotations.NullMarked;
