package org.riselm.onnx.internal.train;

import java.util.Map;
import java.util.Set;
import org.riselm.onnx.internal.graph.Dim;
import org.riselm.onnx.internal.graph.Graph;
import org.riselm.onnx.internal.graph.Node;
import org.riselm.onnx.internal.graph.Shape;
import org.riselm.onnx.internal.graph.Value;

/**
 * What a run of a graph computes and moves, counted node by node as kernels do it.
 *
 * @param operations of matrix products, a multiplication and an addition each
 * @param otherBytes that all other nodes read and write
 * @param castBytes of them, those of casts
 */
record GraphCost(double operations, double otherBytes, double castBytes) {
  private static final Set<String> VIEWS =
      Set.of("Reshape", "Identity", "Squeeze", "Unsqueeze", "Shape");
  private static final Set<String> PICKING = Set.of("Gather", "Slice");

  static GraphCost of(Graph graph, Map<String, Long> sizes) {
    double operations = 0;
    double bytes = 0;
    double casts = 0;
    for (Node node : graph.nodes()) {
      double out = node.outputs().stream().mapToDouble(v -> bytes(v, sizes)).sum();
      if (node.operator().endsWith("MatMul")) {
        Value a = node.input(0);
        boolean swapped = String.valueOf(node.attributes().get("transA")).contains("1");
        double inner = a.shape().dim(swapped ? -2 : -1).size(sizes);
        operations += 2 * inner * out / node.output(0).type().bytes();
      } else if (!VIEWS.contains(node.operator())) {
        double in =
            PICKING.contains(node.operator())
                ? out
                : node.inputs().stream().mapToDouble(v -> bytes(v, sizes)).sum();
        bytes += in + out;
        casts += node.operator().equals("Cast") ? in + out : 0;
      }
    }
    return new GraphCost(operations, bytes, casts);
  }

  private static double bytes(Value value, Map<String, Long> sizes) {
    if (value.isAbsent()) {
      return 0;
    }
    double bytes = value.type().bytes();
    Shape shape = value.shape();
    for (Dim d : shape.dims()) {
      bytes *= d.size(sizes);
    }
    return bytes;
  }
}
