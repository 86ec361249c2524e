package org.riselm.onnx.internal.graph;

import ai.onnx.proto.OnnxMl.AttributeProto;
import java.util.List;

/** A setting of a node. */
public sealed interface Attribute {
  /** A whole number; also truth values, as 0 and 1. */
  record Int(long value) implements Attribute {}

  /** A number. */
  record Real(float value) implements Attribute {}

  /** A word. */
  record Text(String value) implements Attribute {}

  /** Whole numbers. */
  record Ints(List<Long> values) implements Attribute {
    public Ints {
      values = List.copyOf(values);
    }
  }

  /** What only its operator understands, for example a tensor or a graph; kept as it was read. */
  final class Opaque implements Attribute {
    private final AttributeProto proto;

    Opaque(AttributeProto proto) {
      this.proto = proto;
    }

    AttributeProto proto() {
      return proto;
    }
  }
}
