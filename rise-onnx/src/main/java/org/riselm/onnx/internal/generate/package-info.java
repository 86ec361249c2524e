/** Sampling: continuous batching over a key-value cache, and drawing tokens. */
@NullMarked
package org.riselm.onnx.internal.generate;

import org.jspecify.annotations.NullMarked;
