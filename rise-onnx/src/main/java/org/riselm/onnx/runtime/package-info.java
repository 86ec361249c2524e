/**
 * The only package that touches ONNX Runtime: {@link org.riselm.onnx.runtime.Tensor} is memory that
 * we own, {@link org.riselm.onnx.runtime.OnnxSession} a loaded graph, {@link
 * org.riselm.onnx.runtime.Binding} a graph with its inputs and outputs in place, ready to run.
 *
 * <p>Everything here that holds native memory is {@link AutoCloseable} and closes twice without
 * harm. {@link org.riselm.onnx.runtime.NativeMemory} counts what is still open.
 */
@NullMarked
package org.riselm.onnx.runtime;

import org.jspecify.annotations.NullMarked;
