/**
 * Reverse-mode differentiation of ONNX graphs: {@link org.riselm.onnx.autodiff.Differentiator}
 * walks a graph backwards and adds the nodes that compute gradients, by one small {@link
 * org.riselm.onnx.autodiff.GradientRule} per operator. The rules use only operators that every ONNX
 * Runtime has, so a differentiated graph runs in a plain session.
 */
@NullMarked
package org.riselm.onnx.autodiff;

import org.jspecify.annotations.NullMarked;
