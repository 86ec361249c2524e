package org.riselm.onnx.internal.graph;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.riselm.core.internal.util.InputFiles;

/**
 * An ONNX model in a file, whoever wrote it. Its weights are mapped, inside of the file as well as
 * beside it; only the rest is on the heap. The files must stay as they are while this is used.
 */
public final class OnnxFile {
  // What ONNX Runtime 1.24 takes.
  private static final long NEWEST_IR = 13;
  private static final long NEWEST_OPSET = 25;

  /**
   * Before it, axes were attributes and softmax meant something else. From here to {@link
   * Graph#OPSET} operators only gained: such a graph is read as one of that opset.
   */
  private static final long OLDEST_OPSET = 13;

  private static final Set<String> CHANGED_TO_OPSET_17 = Set.of("BatchNormalization", "RoiAlign");
  private static final Set<String> OWN_DOMAINS = Set.of("", "ai.onnx");

  private final Path file;
  private final ModelProto model;
  private final int opset;
  private final Map<String, StoredTensor> initializers = new LinkedHashMap<>();
  private final Map<String, ValueInfoProto> inputs = new LinkedHashMap<>();

  private OnnxFile(Path file, ModelProto model) throws IOException {
    this.file = file;
    this.model = model;
    if (!model.hasGraph()) {
      throw refuse("graph", "none", "an ONNX model with a graph");
    }
    if (model.getIrVersion() < 3 || model.getIrVersion() > NEWEST_IR) {
      throw refuse("ir_version", model.getIrVersion(), "3 to " + NEWEST_IR);
    }
    this.opset = opset();
    GraphProto graph = model.getGraph();
    TensorReader tensors = new TensorReader(file);
    for (TensorProto t : graph.getInitializerList()) {
      if (initializers.put(t.getName(), tensors.read(t.getName(), t)) != null) {
        throw refuse("initializer " + t.getName(), "two of that name", "one");
      }
    }
    if (graph.getSparseInitializerCount() > 0) {
      throw refuse("initializers", "sparse ones", "dense ones");
    }
    for (ValueInfoProto v : graph.getInputList()) {
      if (inputs.put(v.getName(), v) != null || v.getName().isEmpty()) {
        throw refuse("input '" + v.getName() + "'", "no name, or two of that name", "one");
      }
    }
    inputs.keySet().removeAll(initializers.keySet());
    new NodeCheck(this).check(graph);
  }

  private int opset() throws IOException {
    long found = 0;
    for (OperatorSetIdProto id : model.getOpsetImportList()) {
      if (OWN_DOMAINS.contains(id.getDomain())) {
        found = id.getVersion();
      }
    }
    if (found < OLDEST_OPSET || found > NEWEST_OPSET) {
      throw refuse(
          "opset_import of ONNX's own operators",
          found == 0 ? "none" : found,
          "%d to %d; onnx.version_converter changes it".formatted(OLDEST_OPSET, NEWEST_OPSET));
    }
    return (int) found;
  }

  /**
   * Reads and checks a model: that it is well formed, of versions that are known, with every value
   * made once and before it is used, and every initializer as long as its shape says.
   *
   * @throws IOException naming the file, what was found and what was expected
   */
  public static OnnxFile read(Path file) throws IOException {
    InputFiles.check(file);
    long size = Files.size(file);
    if (size > Integer.MAX_VALUE) {
      throw refusal(
          file,
          "size",
          size + " bytes",
          "less than 2 GiB, with larger weights in files of their own (external data)");
    }
    ByteBuffer bytes = MappedBytes.of(file, 0, size);
    try {
      // Weights are views of these bytes then, not copies.
      CodedInputStream input = UnsafeByteOperations.unsafeWrap(bytes).newCodedInput();
      input.enableAliasing(true);
      return new OnnxFile(file, ModelProto.parseFrom(input));
    } catch (InvalidProtocolBufferException e) {
      throw new IOException(file + ": it is no ONNX model, or a damaged one: " + e.getMessage(), e);
    }
  }

  /** The file. */
  public Path path() {
    return file;
  }

  /**
   * Its inputs without those that have an initializer, in order.
   *
   * @throws IOException if one is no tensor, or of a type that is not supported
   */
  public List<Value> inputs() throws IOException {
    return new GraphReader(this).inputs();
  }

  /** The names of its outputs, in order. */
  public List<String> outputs() {
    return model.getGraph().getOutputList().stream().map(ValueInfoProto::getName).toList();
  }

  /** Its initializers, in order. */
  public Collection<StoredTensor> initializers() {
    return Collections.unmodifiableCollection(initializers.values());
  }

  /** The initializer {@code name}. */
  public Optional<StoredTensor> initializer(String name) {
    return Optional.ofNullable(initializers.get(name));
  }

  /** An empty graph that can hold its nodes, under their names. */
  public Graph newGraph(String name) {
    Graph graph = new Graph(name, graphOpset());
    graph.avoid(names());
    graph.avoid(model.getGraph().getNodeList().stream().map(NodeProto::getName).toList());
    return graph;
  }

  int graphOpset() {
    return Math.max(opset, Graph.OPSET);
  }

  /** Every name of a value in it. */
  public Set<String> names() {
    Set<String> names = new HashSet<>(inputs.keySet());
    names.addAll(initializers.keySet());
    model.getGraph().getNodeList().forEach(n -> names.addAll(n.getOutputList()));
    return names;
  }

  /**
   * What was added to a graph.
   *
   * @param values the graph's, by the file's names
   * @param doubt why ONNX Runtime does not take the file's nodes, if it does not. Types and shapes
   *     behind its own operators are guesses then
   */
  public record Added(Map<String, Value> values, Optional<String> doubt) {
    public Added {
      values = Map.copyOf(values);
    }

    /** The value {@code name}, which was wanted or is needed for one that was. */
    public Value value(String name) {
      Value value = values.get(name);
      if (value == null) {
        throw new IllegalArgumentException("there is no value " + name);
      }
      return value;
    }
  }

  /**
   * Adds the nodes that {@code wanted} need to {@code graph}, which is a {@link #newGraph}. What
   * ONNX Runtime infers, and what is known of shapes, comes along. A node of a domain that ONNX
   * Runtime does not have comes too, with outputs that are taken for floats.
   *
   * @param given values of {@code graph} that stand for the file's inputs and initializers, by the
   *     file's names: each input that is needed, and those initializers that are no constants
   * @throws IOException if ONNX Runtime does not understand a node
   */
  public Added addTo(Graph graph, Map<String, Value> given, Collection<String> wanted)
      throws IOException {
    return new GraphReader(this).addTo(graph, given, wanted);
  }

  /**
   * The model, serialized, with its initializers elsewhere or of other numbers.
   *
   * @param places for every initializer, by name, where its numbers are
   * @throws IOException if a node has numbers in a file of its own
   */
  public byte[] withInitializers(Map<String, InitializerData> places) throws IOException {
    GraphProto.Builder graph = model.getGraph().toBuilder().clearInitializer();
    for (StoredTensor t : initializers.values()) {
      InitializerData place = places.get(t.name());
      if (place == null) {
        throw new IllegalArgumentException("initializer " + t.name() + " has no data");
      }
      graph.addInitializer(ModelWriter.tensor(new Value(t.name(), t.type(), t.shape()), place));
    }
    for (NodeProto node : graph.getNodeList()) {
      if (NodeCheck.hasNumbersOutside(node)) {
        throw refuse("node " + node.getName(), "numbers in a file of its own", "initializers");
      }
    }
    return model.toBuilder().setGraph(graph).build().toByteArray();
  }

  ModelProto model() {
    return model;
  }

  Map<String, ValueInfoProto> inputProtos() {
    return inputs;
  }

  /** Whether operators of {@code domain} are ONNX's or ONNX Runtime's own. */
  public static boolean isKnownDomain(String domain) {
    return OWN_DOMAINS.contains(domain) || domain.equals("com.microsoft");
  }

  /** Whether operators of {@code domain} are ONNX's own. */
  static boolean isOwnDomain(String domain) {
    return OWN_DOMAINS.contains(domain);
  }

  boolean isReadAsAnotherOpset(NodeProto node) {
    return opset < Graph.OPSET
        && OWN_DOMAINS.contains(node.getDomain())
        && CHANGED_TO_OPSET_17.contains(node.getOpType());
  }

  IOException refuse(String where, Object found, String expected) {
    return refusal(file, where, found, expected);
  }

  static IOException refusal(Path file, String where, Object found, String expected) {
    return new IOException("%s: %s: found %s, expected %s".formatted(file, where, found, expected));
  }
}
