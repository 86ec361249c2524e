/**
 * Models for others to run: {@link org.riselm.onnx.export.InferenceModel} writes a decoder as an
 * ONNX model with a key-value cache, in operators of ONNX itself.
 */
@NullMarked
package org.riselm.onnx.export;

import org.jspecify.annotations.NullMarked;
