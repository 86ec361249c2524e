/** Shared libraries of the operating system: where they are, and what they need. */
@NullMarked
package org.riselm.onnx.runtime.library;

import org.jspecify.annotations.NullMarked;
