/**
 * Decoder language models: {@link org.riselm.onnx.model.DecoderConfig} describes one, {@link
 * org.riselm.onnx.model.DecoderGraphs} builds its graphs, {@link org.riselm.onnx.model.Weights}
 * holds its parameters.
 */
@NullMarked
package org.riselm.onnx.model;

import org.jspecify.annotations.NullMarked;
