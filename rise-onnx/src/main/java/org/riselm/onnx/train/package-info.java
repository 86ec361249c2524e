/**
 * Training: {@link org.riselm.onnx.train.StepExecutor} is one optimizer step's machinery, held to
 * one contract by its two implementations; batches and schedules feed it.
 */
@NullMarked
package org.riselm.onnx.train;

import org.jspecify.annotations.NullMarked;
