/** Benchmarks: programs that print what they measured as one line of JSON. */
@NullMarked
package org.riselm.examples.bench;

import org.jspecify.annotations.NullMarked;
