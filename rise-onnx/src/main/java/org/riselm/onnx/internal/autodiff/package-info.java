/** Reverse-mode automatic differentiation of ONNX graphs, one rule per operator. */
@NullMarked
package org.riselm.onnx.internal.autodiff;

import org.jspecify.annotations.NullMarked;
