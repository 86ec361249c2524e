/** How texts and chat templates become token ids. */
@NullMarked
package org.riselm.onnx.internal.text;

import org.jspecify.annotations.NullMarked;
