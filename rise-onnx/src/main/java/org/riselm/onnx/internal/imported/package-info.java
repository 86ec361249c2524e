/** Decoders in ONNX that others exported: what of them can be trained, and how. */
@NullMarked
package org.riselm.onnx.internal.imported;

import org.jspecify.annotations.NullMarked;
