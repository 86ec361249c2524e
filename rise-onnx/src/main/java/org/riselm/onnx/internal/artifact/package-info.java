/** ONNX Runtime's training artifacts: reading, writing, checking and stepping them. */
@NullMarked
package org.riselm.onnx.internal.artifact;

import org.jspecify.annotations.NullMarked;
