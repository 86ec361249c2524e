package org.riselm.onnx.internal.imported;

import static org.riselm.onnx.artifact.DecoderParameter.Role.CONSTANT;
import static org.riselm.onnx.artifact.DecoderParameter.Role.FROZEN;
import static org.riselm.onnx.artifact.DecoderParameter.Role.TRAINED;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.riselm.onnx.artifact.DecoderParameter;
import org.riselm.onnx.internal.autodiff.GradientPath;
import org.riselm.onnx.internal.graph.Graph;
import org.riselm.onnx.internal.graph.Node;
import org.riselm.onnx.internal.graph.OnnxFile;
import org.riselm.onnx.internal.graph.StoredTensor;
import org.riselm.onnx.internal.graph.Value;
import org.riselm.onnx.internal.runtime.ElementType;

/**
 * Chooses what of a decoder is trained: every tensor of floats that a gradient of the logits
 * reaches, but for those that are certainly no weights. Checks that gradients can reach them.
 */
public final class ParameterChoice {
  private static final Set<String> ANGLES = Set.of("Sin", "Cos");

  private final OnnxFile file;
  private final Graph graph;
  private final Value logits;
  private final OnnxFile.Added added;
  private final Map<String, Value> values = new LinkedHashMap<>();
  private final List<DecoderParameter> parameters = new ArrayList<>();

  public ParameterChoice(OnnxFile file, DecoderInterface ports, Predicate<String> frozen)
      throws IOException {
    this.file = file;
    this.graph = file.newGraph("parameters");
    Map<String, Value> given = ports.addTo(graph);
    for (StoredTensor t : file.initializers()) {
      if (t.type().isFloatingPoint() && t.elements() > 1) {
        Value value = graph.input(t.name(), t.type(), t.shape());
        values.put(t.name(), value);
        given.put(t.name(), value);
      }
    }
    String name = ports.meanings().logits();
    this.added = file.addTo(graph, given, List.of(name));
    this.logits = added.value(name);
    choose(frozen);
    checkNodes();
    ports.checkLogits(logits, ports.tokenIds(given));
  }

  private void choose(Predicate<String> frozen) throws IOException {
    Set<Value> reached = GradientPath.reached(graph, logits, values.values(), n -> true);
    Set<Value> reachedDirectly =
        GradientPath.reached(graph, logits, values.values(), n -> !ANGLES.contains(n.operator()));
    List<StoredTensor> floats = new ArrayList<>();
    for (StoredTensor t : file.initializers()) {
      Value value = values.get(t.name());
      if (value != null && t.type() == ElementType.FLOAT && reachedDirectly.contains(value)) {
        floats.add(t);
      }
    }
    ConstantTables tables = new ConstantTables(floats);
    DuplicateWeights duplicates = new DuplicateWeights(floats);
    List<String> halves = new ArrayList<>();
    for (StoredTensor t : file.initializers()) {
      if (!t.type().isFloatingPoint()) {
        continue;
      }
      Value value = values.get(t.name());
      if (value == null) {
        add(t, CONSTANT, "it is one number");
      } else if (!reached.contains(value)) {
        add(t, CONSTANT, "no gradient of the logits reaches it");
      } else if (frozen.test(t.name())) {
        add(t, FROZEN, "it is frozen, as was asked for");
      } else if (!reachedDirectly.contains(value)) {
        add(t, CONSTANT, "the logits depend on it by sines and cosines only: a rotary table");
      } else if (tables.why(t.name()).isPresent()) {
        add(t, CONSTANT, tables.why(t.name()).get());
      } else {
        add(t, TRAINED, duplicates.words(t.name()));
        if (t.type() != ElementType.FLOAT) {
          halves.add(t.toString());
        }
      }
    }
    if (!halves.isEmpty()) {
      throw refuse("weights " + halves, "other numbers than FLOAT", "FLOAT; export it in fp32");
    }
    if (trained().isEmpty()) {
      throw refuse("initializers", "none that can be trained in " + parameters, "one or more");
    }
  }

  private void add(StoredTensor tensor, DecoderParameter.Role role, String why) {
    List<Long> shape = Arrays.stream(tensor.shape().sizes()).boxed().toList();
    parameters.add(new DecoderParameter(tensor.name(), shape, role, why));
  }

  private void checkNodes() throws IOException {
    List<Value> trained = trained().stream().map(p -> values.get(p.name())).toList();
    GradientPath.requireRules(graph, logits, trained);
    List<String> foreign = new ArrayList<>();
    for (Node n : graph.nodes()) {
      if (!OnnxFile.isKnownDomain(n.domain())) {
        foreign.add("%s (node %s)".formatted(n.qualifiedOperator(), n.name()));
      }
    }
    if (!foreign.isEmpty()) {
      throw refuse("nodes", String.join(", ", foreign), "operators that ONNX Runtime has");
    }
    if (added.doubt().isPresent()) {
      throw new IOException(
          file.path() + ": ONNX Runtime does not take this model: " + added.doubt().get());
    }
    GradientPath.requireFit(graph, logits, trained);
  }

  /** All tensors of floating-point numbers, in the file's order. */
  public List<DecoderParameter> parameters() {
    return parameters;
  }

  /** Those that are trained. */
  List<DecoderParameter> trained() {
    return parameters.stream().filter(p -> p.role() == TRAINED).toList();
  }

  /** Those that are not trained, but used, of FLOAT and of {@code elements} or more. */
  List<DecoderParameter> largeOthers(long elements) {
    Set<String> used = new HashSet<>();
    graph.nodes().forEach(n -> n.reads().forEach(v -> used.add(v.name())));
    return parameters.stream()
        .filter(p -> p.role() != TRAINED && p.elements() >= elements && used.contains(p.name()))
        .filter(p -> file.initializer(p.name()).orElseThrow().type() == ElementType.FLOAT)
        .toList();
  }

  private IOException refuse(String where, String found, String expected) {
    return new IOException(
        "%s: %s: found %s, expected %s".formatted(file.path(), where, found, expected));
  }
}
