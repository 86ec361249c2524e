package org.riselm.onnx.graph;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import org.riselm.onnx.runtime.ElementType;

/**
 * An ONNX graph under construction. Nodes are added in the order they run; every value has a name,
 * a type and a shape. Not thread-safe.
 */
public final class Graph {
  private final String name;
  private final List<Value> inputs = new ArrayList<>();
  private final List<Value> outputs = new ArrayList<>();
  private final List<Node> nodes = new ArrayList<>();
  private final List<Value> initializers = new ArrayList<>();
  private final Map<String, TensorProto> initializerData = new HashMap<>();
  private final Map<ByteString, Value> sharedConstants = new HashMap<>();
  private final Set<String> names = new HashSet<>();
  private final Map<String, Integer> counters = new HashMap<>();

  /** An empty graph. */
  public Graph(String name) {
    this.name = name;
  }

  /** Adds an input. */
  public Value input(String inputName, ElementType type, Shape shape) {
    Value v = new Value(claimed(inputName), type, shape);
    inputs.add(v);
    return v;
  }

  /**
   * Adds an initializer whose data is handed over when the graph is loaded (see {@link
   * org.riselm.onnx.runtime.SessionSettings#initializers()}).
   */
  public Value externalInitializer(String initializerName, ElementType type, Shape shape) {
    Value v = new Value(claimed(initializerName), type, shape);
    initializers.add(v);
    initializerData.put(initializerName, ModelWriter.externalTensor(v));
    return v;
  }

  /** A constant of {@code values}, row by row; shared with an equal one. */
  public Value constant(float[] values, long... shape) {
    ByteBuffer raw = ByteBuffer.allocate(values.length * 4).order(ByteOrder.LITTLE_ENDIAN);
    raw.asFloatBuffer().put(values);
    return constant(ElementType.FLOAT, ByteString.copyFrom(raw), shape);
  }

  /** A constant of {@code values}, row by row; shared with an equal one. */
  public Value constant(long[] values, long... shape) {
    ByteBuffer raw = ByteBuffer.allocate(values.length * 8).order(ByteOrder.LITTLE_ENDIAN);
    raw.asLongBuffer().put(values);
    return constant(ElementType.INT64, ByteString.copyFrom(raw), shape);
  }

  /** A constant of {@code values}, row by row; shared with an equal one. */
  public Value constant(double[] values, long... shape) {
    ByteBuffer raw = ByteBuffer.allocate(values.length * 8).order(ByteOrder.LITTLE_ENDIAN);
    raw.asDoubleBuffer().put(values);
    return constant(ElementType.DOUBLE, ByteString.copyFrom(raw), shape);
  }

  /** A constant truth value. */
  public Value constant(boolean value) {
    return constant(
        ElementType.BOOL, ByteString.copyFrom(new byte[] {(byte) (value ? 1 : 0)}), new long[0]);
  }

  /** A constant number. */
  public Value constant(float value) {
    return constant(new float[] {value});
  }

  /** A constant number, as near as {@code type}, FLOAT or BFLOAT16, comes to it. */
  public Value constant(float value, ElementType type) {
    return constant(new float[] {value}, type);
  }

  /** A constant of {@code values}, row by row, as near as FLOAT or BFLOAT16 come to them. */
  public Value constant(float[] values, ElementType type, long... shape) {
    return switch (type) {
      case FLOAT -> constant(values, shape);
      case BFLOAT16 -> {
        ByteBuffer raw = ByteBuffer.allocate(values.length * 2).order(ByteOrder.LITTLE_ENDIAN);
        for (float v : values) {
          raw.putShort(Bfloat16.of(v));
        }
        yield constant(type, ByteString.copyFrom(raw.flip()), shape);
      }
      default -> throw new IllegalArgumentException("constants are not made of " + type);
    };
  }

  private Value constant(ElementType type, ByteString raw, long[] sizes) {
    Shape shape = Shape.of(sizes);
    ByteString key = raw.concat(ByteString.copyFromUtf8(type + " " + shape));
    return sharedConstants.computeIfAbsent(
        key,
        k -> {
          Value v = new Value(fresh("constant"), type, shape);
          initializers.add(v);
          initializerData.put(v.name(), ModelWriter.inlineTensor(v, raw));
          return v;
        });
  }

  /**
   * Adds a node with fresh outputs of these types and shapes.
   *
   * @return its outputs
   */
  public List<Value> add(
      String domain,
      String operator,
      List<Value> nodeInputs,
      Map<String, Attribute> attributes,
      List<Value> outputTemplates) {
    String nodeName = fresh(operator);
    List<Value> nodeOutputs = new ArrayList<>();
    for (int i = 0; i < outputTemplates.size(); i++) {
      Value t = outputTemplates.get(i);
      String outputName = i == 0 ? nodeName + "_out" : nodeName + "_out" + (i + 1);
      nodeOutputs.add(
          new Value(claimed(t.name().isEmpty() ? outputName : t.name()), t.type(), t.shape()));
    }
    nodes.add(new Node(nodeName, domain, operator, nodeInputs, nodeOutputs, attributes));
    return nodeOutputs;
  }

  /** The whole numbers of a constant; empty if {@code value} is not one. */
  public Optional<long[]> constantLongs(Value value) {
    TensorProto tensor = initializerData.get(value.name());
    if (tensor == null || tensor.getDataType() != ElementType.INT64.code()) {
      return Optional.empty();
    }
    LongBuffer longs =
        tensor.getRawData().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN).asLongBuffer();
    long[] values = new long[longs.remaining()];
    longs.get(values);
    return Optional.of(values);
  }

  /** The number of a constant scalar; empty if {@code value} is not one. */
  public OptionalDouble constantFloat(Value value) {
    TensorProto tensor = initializerData.get(value.name());
    boolean scalar = value.type() == ElementType.FLOAT && value.shape().rank() == 0;
    if (tensor == null || !scalar) {
      return OptionalDouble.empty();
    }
    return OptionalDouble.of(
        tensor.getRawData().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN).getFloat());
  }

  /** Makes {@code value} an output, under its own name. */
  public void output(Value value) {
    outputs.add(value);
  }

  /** The inputs, in order. */
  public List<Value> inputs() {
    return List.copyOf(inputs);
  }

  /** The outputs, in order. */
  public List<Value> outputs() {
    return List.copyOf(outputs);
  }

  /** The nodes, in the order they run. */
  public List<Node> nodes() {
    return List.copyOf(nodes);
  }

  /** The ONNX {@code ModelProto}, serialized: IR 8, opset 17, and com.microsoft 1. */
  public byte[] toModel() {
    ModelProto model =
        ModelWriter.model(name, inputs, outputs, nodes, initializers, initializerData);
    return model.toByteArray();
  }

  /** Initializers whose data is handed over, in order. */
  public List<Value> externalInitializers() {
    return initializers.stream().filter(v -> ModelWriter.isExternal(data(v))).toList();
  }

  private TensorProto data(Value initializer) {
    TensorProto tensor = initializerData.get(initializer.name());
    if (tensor == null) {
      throw new IllegalStateException("initializer " + initializer.name() + " has no data");
    }
    return tensor;
  }

  /**
   * The ONNX {@code ModelProto} as {@link #toModel()}, complete: with the data of the external
   * initializers, or the places where it is.
   *
   * @param external for every external initializer, by name, where its numbers are
   */
  public byte[] toModel(Map<String, InitializerData> external) {
    Map<String, TensorProto> complete = new HashMap<>(initializerData);
    for (Value v : externalInitializers()) {
      InitializerData place = external.get(v.name());
      if (place == null) {
        throw new IllegalArgumentException("initializer " + v.name() + " has no data");
      }
      complete.put(v.name(), ModelWriter.tensor(v, place));
    }
    return ModelWriter.model(name, inputs, outputs, nodes, initializers, complete).toByteArray();
  }

  private String fresh(String stem) {
    String candidate;
    do {
      candidate = stem + "_" + counters.merge(stem, 1, Integer::sum);
    } while (names.contains(candidate));
    return candidate;
  }

  private String claimed(String candidate) {
    if (!names.add(candidate)) {
      throw new IllegalArgumentException(
          "graph " + name + " already has a value named " + candidate);
    }
    return candidate;
  }
}
