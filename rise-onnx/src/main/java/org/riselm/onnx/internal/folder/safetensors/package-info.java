/** The safetensors format, read and written. */
@NullMarked
package org.riselm.onnx.internal.folder.safetensors;

import org.jspecify.annotations.NullMarked;
