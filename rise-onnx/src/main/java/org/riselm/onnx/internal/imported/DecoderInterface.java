package org.riselm.onnx.internal.imported;

import static org.riselm.onnx.internal.runtime.ElementType.FLOAT;
import static org.riselm.onnx.internal.runtime.ElementType.INT32;
import static org.riselm.onnx.internal.runtime.ElementType.INT64;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.riselm.onnx.artifact.DecoderInputs;
import org.riselm.onnx.internal.graph.Dim;
import org.riselm.onnx.internal.graph.Graph;
import org.riselm.onnx.internal.graph.OnnxFile;
import org.riselm.onnx.internal.graph.Ops;
import org.riselm.onnx.internal.graph.Shape;
import org.riselm.onnx.internal.graph.Value;
import org.riselm.onnx.internal.runtime.ElementType;

/**
 * A decoder's inputs with their meanings, checked: every input has one, and every meaning an input.
 */
public final class DecoderInterface {
  // The names of Hugging Face Optimum, and so of most.
  private static final String TOKEN_IDS = "input_ids";
  private static final String ATTENTION_MASK = "attention_mask";
  private static final String POSITIONS = "position_ids";
  private static final String CACHE = "past_key_values.";
  private static final String LOGITS = "logits";

  private final OnnxFile file;
  private final DecoderInputs meanings;
  private final Map<String, Value> inputs = new LinkedHashMap<>();

  public DecoderInterface(OnnxFile file, DecoderInputs meanings) throws IOException {
    this.file = file;
    this.meanings = meanings;
    file.inputs().forEach(v -> inputs.put(v.name(), v));
    List<String> unknown = new ArrayList<>(inputs.keySet());
    require(unknown, meanings.tokenIds(), "the token ids", INT64, INT32);
    if (meanings.attentionMask().isPresent()) {
      String mask = meanings.attentionMask().get();
      require(unknown, mask, "the attention mask", INT64, INT32, FLOAT);
    }
    if (meanings.positions().isPresent()) {
      require(unknown, meanings.positions().get(), "the positions", INT64, INT32);
    }
    unknown.removeIf(this::isCache);
    if (!unknown.isEmpty()) {
      throw refuse(
          "inputs " + unknown,
          "no meaning for them",
          "one for each: token ids, attention mask, positions or cache");
    }
    if (!file.outputs().contains(meanings.logits())) {
      throw refuse("output " + meanings.logits(), "none; " + file.outputs(), "the logits");
    }
  }

  /** The meanings that the inputs' names have by custom. */
  public static DecoderInputs byName(OnnxFile file) throws IOException {
    DecoderInputs.Builder meanings = DecoderInputs.builder(TOKEN_IDS, LOGITS);
    for (Value v : file.inputs()) {
      if (v.name().equals(ATTENTION_MASK)) {
        meanings.attentionMask(v.name());
      } else if (v.name().equals(POSITIONS)) {
        meanings.positions(v.name());
      } else if (v.name().startsWith(CACHE)) {
        meanings.cache(CACHE);
      }
    }
    return meanings.build();
  }

  private void require(List<String> unknown, String name, String words, ElementType... types)
      throws IOException {
    Value input = inputs.get(name);
    if (input == null) {
      throw refuse("input " + name, "none; " + inputs.keySet(), words);
    }
    boolean matrix = input.shape().isRanked() && input.shape().rank() == 2;
    if (!matrix || !Arrays.asList(types).contains(input.type())) {
      throw refuse(
          "input " + name,
          input.type() + input.shape().toString(),
          "one of %s for %s, with 2 dimensions".formatted(Arrays.toString(types), words));
    }
    if (!unknown.remove(name)) {
      throw refuse("input " + name, "two meanings", "one: " + words);
    }
  }

  private boolean isCache(String name) {
    return meanings.cache().filter(name::startsWith).isPresent();
  }

  /**
   * Makes the inputs of {@code graph}, in the file's order, but for the cache: that is made, empty.
   *
   * @return by the file's names
   */
  Map<String, Value> addTo(Graph graph) throws IOException {
    Map<String, Value> given = new LinkedHashMap<>();
    for (Value v : inputs.values()) {
      if (!isCache(v.name())) {
        given.put(v.name(), graph.input(v.name(), v.type(), v.shape()));
      }
    }
    Value ids = tokenIds(given);
    for (Value v : inputs.values()) {
      if (isCache(v.name())) {
        given.put(v.name(), empty(new Ops(graph), v, ids));
      }
    }
    return given;
  }

  /** {@code cache} with as many rows as {@code ids}, and nothing in them. */
  private Value empty(Ops ops, Value cache, Value ids) throws IOException {
    List<Integer> open = new ArrayList<>();
    for (int i = 1; cache.shape().isRanked() && i < cache.shape().rank(); i++) {
      if (!(cache.shape().dim(i) instanceof Dim.Fixed)) {
        open.add(i);
      }
    }
    if (open.size() != 1 || !cache.type().isFloatingPoint()) {
      throw refuse(
          "input " + cache.name(),
          cache.type() + cache.shape().toString(),
          "floating-point numbers with one open dimension besides the rows, for a cache");
    }
    Shape shape = cache.shape().with(open.get(0), Dim.of(0));
    Value rows = ops.sizes(ids, 0);
    if (shape.dim(0) instanceof Dim.Fixed f) {
      rows = ops.graph().constant(new long[] {f.size()}, 1);
    } else {
      shape = shape.with(0, ids.shape().dim(0));
    }
    long[] others = Arrays.copyOfRange(shape.sizes(), 1, shape.rank());
    Value size =
        ops.concat(
            List.of(rows, ops.graph().constant(others, others.length)), 0, Dim.of(shape.rank()));
    return ops.as(ops.zeros(size, shape), cache.type());
  }

  /** Returns if {@code logits} are what they must be. */
  void checkLogits(Value logits, Value ids) throws IOException {
    boolean fits =
        logits.type() == FLOAT && logits.shape().isRanked() && logits.shape().rank() == 3;
    if (!fits || !logits.shape().dim(1).fits(ids.shape().dim(1))) {
      throw refuse(
          "output " + logits.name(),
          logits.type() + logits.shape().toString(),
          "FLOAT [rows, columns, vocabulary], with logits for every column");
    }
  }

  /** The token ids among what {@link #addTo} gave. */
  Value tokenIds(Map<String, Value> given) {
    Value ids = given.get(meanings.tokenIds());
    if (ids == null) {
      throw new IllegalStateException("no input " + meanings.tokenIds());
    }
    return ids;
  }

  DecoderInputs meanings() {
    return meanings;
  }

  /** A name that nothing in the file has, as near as possible to {@code wanted}. */
  String free(String wanted) {
    String name = wanted;
    for (int i = 2; file.names().contains(name); i++) {
      name = wanted + "_" + i;
    }
    return name;
  }

  private IOException refuse(String where, String found, String expected) {
    return new IOException(
        "%s: %s: found %s, expected %s".formatted(file.path(), where, found, expected));
  }
}
