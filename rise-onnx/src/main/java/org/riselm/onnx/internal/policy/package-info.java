/**
 * The parts of {@link org.riselm.onnx.OnnxPolicy}: its model, whole or with adapters, and the
 * phases of its work.
 */
@NullMarked
package org.riselm.onnx.internal.policy;

import org.jspecify.annotations.NullMarked;
