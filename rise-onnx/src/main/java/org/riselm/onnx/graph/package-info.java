/**
 * A typed builder of ONNX graphs: {@link org.riselm.onnx.graph.Graph} collects nodes, {@link
 * org.riselm.onnx.graph.Ops} adds them, one method per operator, with types and shapes checked as
 * they are added. Only this package knows ONNX's protobuf classes.
 */
@NullMarked
package org.riselm.onnx.graph;

import org.jspecify.annotations.NullMarked;
