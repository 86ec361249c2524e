/** Memory: what a graph takes, what the machine has, and whether one fits the other. */
@NullMarked
package org.riselm.onnx.internal.memory;

import org.jspecify.annotations.NullMarked;
