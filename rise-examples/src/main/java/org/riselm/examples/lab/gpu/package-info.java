/**
 * What {@code rise-examples/gpu/run-all.sh} runs: checks and benchmarks of a GPU, rows of a table.
 */
@NullMarked
package org.riselm.examples.lab.gpu;

import org.jspecify.annotations.NullMarked;
