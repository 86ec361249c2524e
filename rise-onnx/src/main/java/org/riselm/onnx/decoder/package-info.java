/**
 * Decoders in ONNX that others exported: token ids in, logits out. {@link
 * org.riselm.onnx.decoder.OnnxDecoder} reads one, says what of it can be trained, and makes
 * training artifacts of it.
 */
@NullMarked
package org.riselm.onnx.decoder;

import org.jspecify.annotations.NullMarked;
