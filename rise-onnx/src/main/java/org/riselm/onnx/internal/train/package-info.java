/** Training: batches, learning rates, gradients and optimizer steps. */
@NullMarked
package org.riselm.onnx.internal.train;

import org.jspecify.annotations.NullMarked;
