/** The decoder: its graphs for scoring, training and sampling, and its parameters. */
@NullMarked
package org.riselm.onnx.internal.decoder;

import org.jspecify.annotations.NullMarked;
