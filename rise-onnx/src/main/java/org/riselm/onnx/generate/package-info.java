/**
 * Batched sampling from a decoder with a key-value cache. Enter at {@link
 * org.riselm.onnx.generate.Generator}: token ids and seeds in, sampled token ids and their
 * log-probabilities out.
 */
@NullMarked
package org.riselm.onnx.generate;

import org.jspecify.annotations.NullMarked;
