/**
 * Decoder language models: {@link org.riselm.onnx.model.DecoderConfig} describes one by its {@link
 * org.riselm.onnx.model.Family} and its numbers.
 */
@NullMarked
package org.riselm.onnx.model;

import org.jspecify.annotations.NullMarked;
