package org.riselm.examples;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.common.base.Splitter;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import org.riselm.onnx.MemoryPlan;
import org.riselm.onnx.ModelProbe;
import org.riselm.onnx.OnnxOptions;

/**
 * Prints what is in a model folder as one JSON object: {@code architecture}, {@code parameters},
 * {@code memoryPlan} in bytes, and with {@code --ids} the {@code logits}, a row for each position.
 */
public final class Inspect {
  private static final String USAGE =
      """
      Usage: run Inspect FOLDER [options]
        FOLDER         a model folder: config.json and model.safetensors, or shards with an index
        --ids 1,2,3    token ids to put through the model; prints the logits after each
        --adapter DIR  adapters beside the model's weights, as PEFT saves them
      """;
  private static final ObjectMapper JSON = new ObjectMapper();

  private Inspect() {}

  /** Inspects the folder in {@code args}; without one, says how it is called. */
  public static void main(String[] args) throws IOException {
    Path folder;
    Optional<Path> adapter;
    int[] ids;
    try {
      if (args.length == 0 || args[0].startsWith("--")) {
        throw new IllegalArgumentException("a model folder is needed first");
      }
      folder = Path.of(args[0]);
      Arguments options =
          new Arguments(
              Arrays.copyOfRange(args, 1, args.length), Set.of("ids", "adapter"), Set.of());
      adapter = options.get("adapter").map(Path::of);
      ids = ids(options.get("ids").orElse(""));
    } catch (IllegalArgumentException e) {
      System.err.printf("%s%n%s", e.getMessage(), USAGE);
      System.exit(2);
      return;
    }
    run(folder, adapter, ids, System.out);
  }

  private static int[] ids(String list) {
    try {
      return Splitter.on(',')
          .trimResults()
          .omitEmptyStrings()
          .splitToStream(list)
          .mapToInt(Integer::parseInt)
          .toArray();
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "--ids is \"" + list + "\"; it must be whole numbers with commas between them", e);
    }
  }

  static void run(Path folder, Optional<Path> adapter, int[] ids, PrintStream out)
      throws IOException {
    OnnxOptions options = OnnxOptions.ofDefaults();
    try (ModelProbe model = ModelProbe.open(folder, adapter, options.threads());
        JsonGenerator json = JSON.createGenerator(out)) {
      json.useDefaultPrettyPrinter();
      json.writeStartObject();
      json.writeStringField("architecture", model.layout().config().family().architecture());
      json.writeNumberField("parameters", model.parameterCount());
      json.writeFieldName("memoryPlan");
      write(MemoryPlan.of(model.layout(), options), json);
      if (ids.length > 0) {
        json.writeArrayFieldStart("logits");
        for (float[] row : model.logits(ids)) {
          json.writeStartArray();
          for (float v : row) {
            json.writeNumber(v);
          }
          json.writeEndArray();
        }
        json.writeEndArray();
      }
      json.writeEndObject();
      json.writeRaw('\n');
    }
  }

  private static void write(MemoryPlan plan, JsonGenerator json) throws IOException {
    json.writeStartObject();
    json.writeNumberField("weights", plan.weights());
    json.writeNumberField("gradients", plan.gradients());
    json.writeNumberField("moments", plan.moments());
    json.writeNumberField("activations", plan.activations());
    json.writeNumberField("samplingWeights", plan.samplingWeights());
    json.writeNumberField("kvCache", plan.kvCache());
    json.writeNumberField("peak", plan.peak());
    json.writeEndObject();
  }
}
