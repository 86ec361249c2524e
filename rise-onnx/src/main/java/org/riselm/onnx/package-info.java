/**
 * The backend on ONNX Runtime. Enter at {@link org.riselm.onnx.OnnxPolicy}: a decoder language
 * model that samples and learns.
 */
@NullMarked
package org.riselm.onnx;

import org.jspecify.annotations.NullMarked;
