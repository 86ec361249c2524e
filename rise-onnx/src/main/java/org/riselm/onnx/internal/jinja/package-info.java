/** An interpreter of the part of Jinja that chat templates use. */
@NullMarked
package org.riselm.onnx.internal.jinja;

import org.jspecify.annotations.NullMarked;
