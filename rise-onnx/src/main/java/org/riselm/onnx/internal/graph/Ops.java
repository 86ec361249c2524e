package org.riselm.onnx.internal.graph;

/**
 * Adds operators to a graph, one method each, in families. Types and shapes are checked and
 * inferred here, so a mistake shows at the line that makes it and not when the graph is loaded.
 */
public class Ops implements FusedOps {
  private final Graph graph;

  /** Adds to {@code graph}. */
  public Ops(Graph graph) {
    this.graph = graph;
  }

  /**
   * Adds to {@code graph}, and only operators of ONNX itself: what is one operator of ONNX Runtime
   * becomes several, which every other runtime has too. Attention and rotation have no such form
   * here.
   */
  public static Ops standard(Graph graph) {
    return new PortableOps(graph);
  }

  @Override
  public Graph graph() {
    return graph;
  }
}
