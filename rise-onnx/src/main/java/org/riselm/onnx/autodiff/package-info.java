/**
 * Reverse-mode differentiation of ONNX graphs: {@link org.riselm.onnx.autodiff.Differentiator}
 * walks a graph backwards and adds the nodes that compute gradients, by one small {@link
 * org.riselm.onnx.autodiff.GradientRule} per operator. The rules use operators that run in a plain
 * session of a training build; in fp32, the derivative of SiLU is the only one that no other build
 * has.
 */
@NullMarked
package org.riselm.onnx.autodiff;

import org.jspecify.annotations.NullMarked;
