/**
 * The safetensors format of weights, in and out: {@link org.riselm.onnx.safetensors.ModelWeights}
 * finds a folder's tensors, in one file or several; {@link
 * org.riselm.onnx.safetensors.SafetensorsFile} reads one file, {@link
 * org.riselm.onnx.safetensors.SafetensorsWriter} writes one. Files are mapped, never copied whole;
 * what a file says about itself is checked before a byte of it is used.
 */
@NullMarked
package org.riselm.onnx.safetensors;

import org.jspecify.annotations.NullMarked;
