package org.riselm.onnx.internal.graph;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.io.IOException;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Set;

/** Checks that every value of a graph is made once, and before it is used. */
final class NodeCheck {
  private final OnnxFile file;

  NodeCheck(OnnxFile file) {
    this.file = file;
  }

  void check(GraphProto graph) throws IOException {
    Set<String> known = new HashSet<>();
    graph.getInputList().forEach(v -> known.add(v.getName()));
    graph.getInitializerList().forEach(t -> known.add(t.getName()));
    for (int i = 0; i < graph.getNodeCount(); i++) {
      NodeProto node = graph.getNode(i);
      String where = "node " + name(node, i);
      if (file.isReadAsAnotherOpset(node)) {
        throw file.refuse(where, node.getOpType() + " of an old opset", "opset 17 or newer");
      }
      for (AttributeProto a : node.getAttributeList()) {
        if (!a.getRefAttrName().isEmpty()) {
          throw file.refuse(where, "the attribute of a function", "one with a value");
        }
      }
      for (String input : reads(node)) {
        if (!known.contains(input)) {
          throw file.refuse(
              where, "the input " + input + ", made by no node before", "one that is");
        }
      }
      for (String output : node.getOutputList()) {
        if (!output.isEmpty() && !known.add(output)) {
          throw file.refuse(
              where, "the output " + output + ", which there is already", "a new one");
        }
      }
    }
    if (graph.getOutputCount() == 0) {
      throw file.refuse("outputs", "none", "one or more");
    }
    for (ValueInfoProto output : graph.getOutputList()) {
      if (!known.contains(output.getName())) {
        throw file.refuse("output " + output.getName(), "nothing that makes it", "a node");
      }
    }
  }

  /** The node's name, or its place in the file if it has none. */
  static String name(NodeProto node, int place) {
    return node.getName().isEmpty() ? "#" + place : node.getName();
  }

  /** Whether an attribute of the node, or of a node inside of it, is in a file beside the model. */
  static boolean hasNumbersOutside(NodeProto node) {
    return node.getAttributeList().stream()
        .anyMatch(
            a ->
                ModelWriter.isExternal(a.getT())
                    || hasNumbersOutside(a.getG())
                    || a.getGraphsList().stream().anyMatch(NodeCheck::hasNumbersOutside));
  }

  private static boolean hasNumbersOutside(GraphProto graph) {
    return graph.getInitializerList().stream().anyMatch(ModelWriter::isExternal)
        || graph.getNodeList().stream().anyMatch(NodeCheck::hasNumbersOutside);
  }

  /** What a node takes, and what the graphs in its attributes capture. */
  static Set<String> reads(NodeProto node) {
    Set<String> reads = new LinkedHashSet<>(node.getInputList());
    reads.addAll(captured(node));
    reads.remove("");
    return reads;
  }

  /** The names that graphs in the node's attributes take from outside. */
  static Set<String> captured(NodeProto node) {
    Set<String> captured = new LinkedHashSet<>();
    for (AttributeProto a : node.getAttributeList()) {
      if (a.hasG()) {
        captured.addAll(captured(a.getG()));
      }
      a.getGraphsList().forEach(g -> captured.addAll(captured(g)));
    }
    return captured;
  }

  private static Set<String> captured(GraphProto graph) {
    Set<String> own = new HashSet<>();
    graph.getInputList().forEach(v -> own.add(v.getName()));
    for (TensorProto t : graph.getInitializerList()) {
      own.add(t.getName());
    }
    Set<String> outside = new LinkedHashSet<>();
    for (NodeProto node : graph.getNodeList()) {
      reads(node).stream().filter(r -> !own.contains(r)).forEach(outside::add);
      own.addAll(node.getOutputList());
    }
    for (ValueInfoProto output : graph.getOutputList()) {
      if (!own.contains(output.getName())) {
        outside.add(output.getName());
      }
    }
    return outside;
  }
}
