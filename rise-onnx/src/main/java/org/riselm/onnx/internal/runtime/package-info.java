/** Sessions, tensors and bindings. The only package that calls ONNX Runtime. */
@NullMarked
package org.riselm.onnx.internal.runtime;

import org.jspecify.annotations.NullMarked;
