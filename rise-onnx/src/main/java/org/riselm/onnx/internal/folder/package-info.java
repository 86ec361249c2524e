/** Model folders: configuration, adapters, the small files beside the weights. */
@NullMarked
package org.riselm.onnx.internal.folder;

import org.jspecify.annotations.NullMarked;
