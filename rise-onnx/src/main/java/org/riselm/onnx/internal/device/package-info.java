/** Devices: their memory, CUDA, and a diagnosis of what CUDA lacks here. */
@NullMarked
package org.riselm.onnx.internal.device;

import org.jspecify.annotations.NullMarked;
