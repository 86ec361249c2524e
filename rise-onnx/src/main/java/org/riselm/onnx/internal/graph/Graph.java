package org.riselm.onnx.internal.graph;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.riselm.onnx.internal.runtime.ElementType;

/**
 * An ONNX graph under construction. Nodes are added in the order they run; every value has a name,
 * a type and a shape. Not thread-safe.
 */
public final class Graph {
  /** The version of ONNX's operators that graphs are built of. */
  public static final int OPSET = 17;

  private static final String OUTPUT = "_out";

  private final String name;
  private final int opset;
  private final List<Value> inputs = new ArrayList<>();
  private final List<Value> outputs = new ArrayList<>();
  private final List<Node> nodes = new ArrayList<>();
  private final List<Value> initializers = new ArrayList<>();
  private final Map<String, TensorProto> initializerData = new HashMap<>();
  private final Map<ByteString, Value> sharedConstants = new HashMap<>();
  private final Set<String> names = new HashSet<>();
  private final Set<String> avoided = new HashSet<>();
  private final Map<String, UniqueRows> uniqueRows = new HashMap<>();
  private final Map<String, UnaryOperator<Value>> recipes = new HashMap<>();
  private final Map<String, Integer> counters = new HashMap<>();

  /** An empty graph. */
  public Graph(String name) {
    this(name, OPSET);
  }

  /**
   * An empty graph.
   *
   * @param opset the version of ONNX's operators that its nodes are of; {@link #OPSET} or newer
   */
  public Graph(String name, int opset) {
    this.name = name;
    this.opset = opset;
  }

  /** Keeps fresh names clear of those that nodes from elsewhere will bring. */
  void avoid(Collection<String> taken) {
    avoided.addAll(taken);
  }

  /** The version of ONNX's operators that its nodes are of. */
  public int opset() {
    return opset;
  }

  /** Adds an input. */
  public Value input(String inputName, ElementType type, Shape shape) {
    Value v = new Value(claimed(inputName), type, shape);
    inputs.add(v);
    return v;
  }

  /**
   * Adds an initializer whose data is handed over when the graph is loaded (see {@link
   * org.riselm.onnx.internal.runtime.SessionSettings#initializers()}).
   */
  public Value externalInitializer(String initializerName, ElementType type, Shape shape) {
    Value v = new Value(claimed(initializerName), type, shape);
    initializers.add(v);
    initializerData.put(initializerName, ModelWriter.externalTensor(v));
    return v;
  }

  /**
   * A constant of its own name.
   *
   * @param bytes row by row, little-endian, from the buffer's position to its limit. Not copied:
   *     they must stay as they are
   */
  public Value constant(String constantName, ElementType type, Shape shape, ByteBuffer bytes) {
    Value v = new Value(claimed(constantName), type, shape);
    initializers.add(v);
    ByteString raw = UnsafeByteOperations.unsafeWrap(bytes.duplicate());
    initializerData.put(constantName, ModelWriter.inlineTensor(v, raw));
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

  /** A constant whole number without a sign. */
  public Value constant(byte value) {
    return constant(ElementType.UINT8, ByteString.copyFrom(new byte[] {value}), new long[] {1});
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
      String outputName = i == 0 ? nodeName + OUTPUT : nodeName + OUTPUT + (i + 1);
      nodeOutputs.add(
          new Value(claimed(t.name().isEmpty() ? outputName : t.name()), t.type(), t.shape()));
    }
    nodes.add(new Node(nodeName, domain, operator, nodeInputs, nodeOutputs, attributes, List.of()));
    return nodeOutputs;
  }

  /** Adds {@code node} as it is, with its names. */
  public void add(Node node) {
    node.outputs().stream().filter(v -> !v.isAbsent()).forEach(v -> claimed(v.name()));
    nodes.add(node);
  }

  /** The whole numbers of a constant; empty if {@code value} is not one. */
  public Optional<long[]> constantLongs(Value value) {
    TensorProto tensor = initializerData.get(value.name());
    if (tensor == null
        || tensor.getDataType() != ElementType.INT64.code()
        || ModelWriter.isExternal(tensor)) {
      return Optional.empty();
    }
    LongBuffer longs =
        tensor.getRawData().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN).asLongBuffer();
    long[] values = new long[longs.remaining()];
    longs.get(values);
    return Optional.of(values);
  }

  /**
   * The number of a constant that is only one, a truth value as 0 or 1; empty if {@code value} is
   * not one.
   */
  public OptionalDouble constantNumber(Value value) {
    TensorProto tensor = initializerData.get(value.name());
    boolean single = Arrays.stream(value.shape().sizes()).allMatch(d -> d == 1);
    if (tensor == null || !single || ModelWriter.isExternal(tensor)) {
      return OptionalDouble.empty();
    }
    ByteBuffer raw = tensor.getRawData().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    return switch (value.type()) {
      case FLOAT -> OptionalDouble.of(raw.getFloat());
      case DOUBLE -> OptionalDouble.of(raw.getDouble());
      case INT64 -> OptionalDouble.of((double) raw.getLong());
      case INT32 -> OptionalDouble.of(raw.getInt());
      case BOOL -> OptionalDouble.of(raw.get());
      default -> OptionalDouble.empty();
    };
  }

  /** Keeps what is known of rows that {@link Ops#gatherUnique} gathers. */
  void remember(UniqueRows rows) {
    uniqueRows.put(rows.indices().name(), rows);
  }

  /**
   * Keeps how {@code value} is made again on the way back, so that it need not wait in memory.
   *
   * @param recipe adds nodes that make it after what it is given
   */
  public void remember(Value value, UnaryOperator<Value> recipe) {
    recipes.put(value.name(), recipe);
  }

  /** Returns how {@code value} is made again on the way back, if it is not kept. */
  public Optional<UnaryOperator<Value>> recipe(Value value) {
    return Optional.ofNullable(recipes.get(value.name()));
  }

  /** Returns what is known of the rows that {@code indices} name. */
  public Optional<UniqueRows> uniqueRows(Value indices) {
    return Optional.ofNullable(uniqueRows.get(indices.name()));
  }

  /** Makes {@code value} an output, under its own name. */
  public void output(Value value) {
    outputs.add(value);
  }

  /** Takes out the nodes that no output depends on. */
  public void removeUnused() {
    Set<String> used = new HashSet<>();
    outputs.forEach(v -> used.add(v.name()));
    for (int i = nodes.size() - 1; i >= 0; i--) {
      Node node = nodes.get(i);
      if (node.outputs().stream().anyMatch(v -> used.contains(v.name()))) {
        node.inputs().forEach(v -> used.add(v.name()));
      } else {
        nodes.remove(i);
      }
    }
  }

  /**
   * Takes out nodes that compute the same as an earlier one: whole numbers and truth values, and
   * what is made of {@code batch}, names of inputs, alone.
   */
  public void mergeEqual(Collection<String> batch) {
    Set<String> known = new HashSet<>(batch);
    known.addAll(initializerData.keySet());
    List<Node> left = EqualNodes.without(nodes(), outputs, known);
    nodes.clear();
    nodes.addAll(left);
  }

  /**
   * Has outputs computed as soon as what they need is there, in the order their nodes were added.
   * ONNX Runtime computes what the last node without a successor needs, then what the one before
   * needs, and so on: gradients of weights would all wait for the very last, and what they are made
   * of would wait in memory. So these nodes go to the end, the first one last.
   */
  public void computeOutputsEarly() {
    Map<String, Integer> uses = new HashMap<>();
    nodes.forEach(n -> n.inputs().forEach(v -> uses.merge(v.name(), 1, Integer::sum)));
    Map<String, Node> producers = new HashMap<>();
    // By what is computed: often the last node does no more than give it an output's name.
    Map<Node, Node> last = new LinkedHashMap<>();
    for (Node node : nodes) {
      node.outputs().forEach(v -> producers.put(v.name(), node));
      if (node.outputs().stream().noneMatch(v -> uses.containsKey(v.name()))) {
        Node producer = producers.get(node.input(0).name());
        boolean names = node.operator().equals("Identity");
        last.put(names && producer != null && usesOf(producer, uses) == 1 ? producer : node, node);
      }
    }
    List<Node> computing = new ArrayList<>(nodes);
    computing.retainAll(last.keySet());
    Collections.reverse(computing);
    List<Node> naming = new ArrayList<>(computing.stream().map(last::get).toList());
    naming.removeAll(computing);
    nodes.removeAll(computing);
    nodes.removeAll(naming);
    nodes.addAll(computing);
    nodes.addAll(naming);
  }

  private static int usesOf(Node node, Map<String, Integer> uses) {
    return node.outputs().stream().mapToInt(v -> uses.getOrDefault(v.name(), 0)).sum();
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

  /**
   * The ONNX {@code ModelProto}, serialized: IR 8, its opset, and 1 of other domains that its nodes
   * have.
   */
  public byte[] toModel() {
    ModelProto model =
        ModelWriter.model(name, opset, inputs, outputs, nodes, initializers, initializerData);
    return model.toByteArray();
  }

  /** Initializers whose data is handed over, in order. */
  public List<Value> externalInitializers() {
    return initializers.stream().filter(v -> ModelWriter.isExternal(data(v))).toList();
  }

  /** Whether {@code value} is a constant of this graph, or an external initializer. */
  boolean isInitializer(Value value) {
    return initializerData.containsKey(value.name());
  }

  /** The bytes of a constant, row by row, little-endian. */
  ByteBuffer constantBytes(Value constant) {
    return data(constant).getRawData().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
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
    return ModelWriter.model(name, opset, inputs, outputs, nodes, initializers, complete)
        .toByteArray();
  }

  private String fresh(String stem) {
    String candidate;
    do {
      candidate = stem + "_" + counters.merge(stem, 1, Integer::sum);
    } while (isTaken(candidate) || isTaken(candidate + OUTPUT));
    return candidate;
  }

  private boolean isTaken(String candidate) {
    return names.contains(candidate) || avoided.contains(candidate);
  }

  private String claimed(String candidate) {
    if (!names.add(candidate)) {
      throw new IllegalArgumentException(
          "graph " + name + " already has a value named " + candidate);
    }
    return candidate;
  }
}
