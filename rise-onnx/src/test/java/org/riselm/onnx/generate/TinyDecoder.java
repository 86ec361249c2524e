package org.riselm.onnx.generate;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.util.Random;

/**
 * Inference graphs of small Llama-style decoders with random weights, for the generator's tests.
 */
final class TinyDecoder {
  private final int layers;
  private final int heads;
  private final int kvHeads;
  private final int headSize;
  private final int vocabulary;
  private final int context;
  private final Random random;
  private final GraphProto.Builder graph = GraphProto.newBuilder().setName("tiny");
  private int fresh;

  private TinyDecoder(
      int layers, int heads, int kvHeads, int headSize, int vocabulary, int context, long seed) {
    this.layers = layers;
    this.heads = heads;
    this.kvHeads = kvHeads;
    this.headSize = headSize;
    this.vocabulary = vocabulary;
    this.context = context;
    this.random = new Random(seed);
  }

  static byte[] model(
      int layers, int heads, int kvHeads, int headSize, int vocabulary, int context, long seed) {
    return new TinyDecoder(layers, heads, kvHeads, headSize, vocabulary, context, seed).build();
  }

  private byte[] build() {
    int d = heads * headSize;
    graph.addInput(port("input_ids", TensorProto.DataType.INT64, "batch", "sequence"));
    graph.addInput(port("seqlens_k", TensorProto.DataType.INT32, "batch"));
    graph.addInput(port("total_sequence_length", TensorProto.DataType.INT32));
    graph.addInput(port("last_index", TensorProto.DataType.INT64, "batch"));
    angles("cos", true);
    angles("sin", false);
    String x = node("", "Gather", weight(1, vocabulary, d), "input_ids");
    for (int i = 0; i < layers; i++) {
      x = node("", "Add", x, attention(i, norm(x, d), d));
      String hidden = node("", "MatMul", norm(x, d), weight(1.5 / Math.sqrt(d), d, 2 * d));
      String act = node("", "Mul", hidden, node("", "Sigmoid", hidden));
      x = node("", "Add", x, node("", "MatMul", act, weight(1.5 / Math.sqrt(2 * d), 2 * d, d)));
    }
    String flat = node("", "Reshape", x, longs(-1, d));
    String last = node("", "Gather", flat, "last_index");
    String logits = node("", "MatMul", norm(last, d), weight(2 / Math.sqrt(d), d, vocabulary));
    graph.addNode(
        NodeProto.newBuilder().setOpType("Identity").addInput(logits).addOutput("logits"));
    graph.addOutput(port("logits", TensorProto.DataType.FLOAT, "batch", vocabulary));
    return ModelProto.newBuilder()
        .setIrVersion(8)
        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17))
        .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("com.microsoft").setVersion(1))
        .setGraph(graph)
        .build()
        .toByteArray();
  }

  private String attention(int layer, String x, int d) {
    int kv = kvHeads * headSize;
    NodeProto.Builder gqa =
        NodeProto.newBuilder()
            .setDomain("com.microsoft")
            .setOpType("GroupQueryAttention")
            .addInput(node("", "MatMul", x, weight(1.5 / Math.sqrt(d), d, d)))
            .addInput(node("", "MatMul", x, weight(1.5 / Math.sqrt(d), d, kv)))
            .addInput(node("", "MatMul", x, weight(1.5 / Math.sqrt(d), d, kv)))
            .addInput("past_key_" + layer)
            .addInput("past_value_" + layer)
            .addInput("seqlens_k")
            .addInput("total_sequence_length")
            .addInput("cos")
            .addInput("sin")
            .addAttribute(attribute("num_heads", heads))
            .addAttribute(attribute("kv_num_heads", kvHeads))
            .addAttribute(attribute("do_rotary", 1));
    String out = "gqa_" + layer;
    gqa.addOutput(out);
    for (String which : new String[] {"key_", "value_"}) {
      gqa.addOutput("present_" + which + layer);
      graph.addInput(cache("past_" + which + layer));
      graph.addOutput(cache("present_" + which + layer));
    }
    graph.addNode(gqa);
    return node("", "MatMul", out, weight(1.5 / Math.sqrt(d), d, d));
  }

  private ValueInfoProto cache(String name) {
    return port(name, TensorProto.DataType.FLOAT, "batch", kvHeads, "capacity", headSize);
  }

  private String norm(String x, int d) {
    TensorProto.Builder ones = tensor(d);
    for (int i = 0; i < d; i++) {
      ones.addFloatData(1);
    }
    graph.addInitializer(ones);
    String out = "v" + fresh++;
    graph.addNode(
        NodeProto.newBuilder()
            .setOpType("SimplifiedLayerNormalization")
            .addInput(x)
            .addInput(ones.getName())
            .addOutput(out)
            .addAttribute(attribute("axis", -1))
            .addAttribute(attribute("stash_type", 1)));
    return out;
  }

  private void angles(String name, boolean cos) {
    TensorProto.Builder t = tensor(context, headSize / 2).setName(name);
    for (int p = 0; p < context; p++) {
      for (int i = 0; i < headSize / 2; i++) {
        double angle = p * Math.pow(10000, -2.0 * i / headSize);
        t.addFloatData((float) (cos ? Math.cos(angle) : Math.sin(angle)));
      }
    }
    graph.addInitializer(t);
  }

  private String weight(double scale, int... shape) {
    TensorProto.Builder t = tensor(shape);
    int n = 1;
    for (int s : shape) {
      n *= s;
    }
    for (int i = 0; i < n; i++) {
      t.addFloatData((float) (random.nextGaussian() * scale));
    }
    graph.addInitializer(t);
    return t.getName();
  }

  private String longs(long... values) {
    TensorProto.Builder t =
        TensorProto.newBuilder()
            .setName("w" + fresh++)
            .setDataType(TensorProto.DataType.INT64.getNumber())
            .addDims(values.length);
    for (long v : values) {
      t.addInt64Data(v);
    }
    graph.addInitializer(t);
    return t.getName();
  }

  private TensorProto.Builder tensor(int... shape) {
    TensorProto.Builder t =
        TensorProto.newBuilder()
            .setName("w" + fresh++)
            .setDataType(TensorProto.DataType.FLOAT.getNumber());
    for (int s : shape) {
      t.addDims(s);
    }
    return t;
  }

  private String node(String domain, String op, String... inputs) {
    String out = "v" + fresh++;
    NodeProto.Builder n = NodeProto.newBuilder().setDomain(domain).setOpType(op).addOutput(out);
    for (String i : inputs) {
      n.addInput(i);
    }
    graph.addNode(n);
    return out;
  }

  private static AttributeProto attribute(String name, long value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.INT)
        .setI(value)
        .build();
  }

  private static ValueInfoProto port(String name, TensorProto.DataType type, Object... shape) {
    TensorShapeProto.Builder s = TensorShapeProto.newBuilder();
    for (Object o : shape) {
      s.addDim(
          o instanceof Integer n
              ? TensorShapeProto.Dimension.newBuilder().setDimValue(n)
              : TensorShapeProto.Dimension.newBuilder().setDimParam((String) o));
    }
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(
            TypeProto.newBuilder()
                .setTensorType(
                    TypeProto.Tensor.newBuilder().setElemType(type.getNumber()).setShape(s)))
        .build();
  }
}
