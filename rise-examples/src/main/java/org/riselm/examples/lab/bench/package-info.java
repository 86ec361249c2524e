/** Benchmarks: programs that print what they measured as one line of JSON. */
@NullMarked
package org.riselm.examples.lab.bench;

import org.jspecify.annotations.NullMarked;
