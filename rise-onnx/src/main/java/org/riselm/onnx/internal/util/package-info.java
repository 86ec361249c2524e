/** Small pieces without knowledge of models: ownership of resources, worker threads. */
@NullMarked
package org.riselm.onnx.internal.util;

import org.jspecify.annotations.NullMarked;
