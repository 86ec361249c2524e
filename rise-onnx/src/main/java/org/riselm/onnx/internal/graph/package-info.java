/**
 * ONNX graphs: building, reading and writing them, and inferring shapes. The only package that uses
 * ONNX protobuf classes.
 */
@NullMarked
package org.riselm.onnx.internal.graph;

import org.jspecify.annotations.NullMarked;
