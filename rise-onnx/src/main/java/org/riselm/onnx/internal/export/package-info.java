/** Decoders written as ONNX models for inference. */
@NullMarked
package org.riselm.onnx.internal.export;

import org.jspecify.annotations.NullMarked;
