package org.riselm.examples;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.common.base.Splitter;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.riselm.onnx.MemoryPlan;
import org.riselm.onnx.OnnxOptions;
import org.riselm.onnx.OnnxPolicy;
import org.riselm.onnx.OnnxPolicyBuilder;
import org.riselm.onnx.internal.folder.ModelInspector;
import org.riselm.onnx.text.Conversation;
import org.riselm.onnx.text.EncodedConversation;
import org.riselm.onnx.text.PromptFormat;
import org.riselm.onnx.text.Tokenizer;

/**
 * Prints what is in a model folder as one JSON object: {@code architecture}, {@code parameters},
 * {@code memoryPlan} in bytes, and with {@code --ids} the {@code logits}, a row for each position.
 * With {@code --messages}, also what the model's chat template makes of a conversation: the {@code
 * rendered} text, its token {@code ids}, and the {@code mask}, 1 for the tokens of answers.
 */
public final class Inspect {
  private static final String USAGE =
      """
      Usage: run Inspect PATH [options]
        PATH           any folder or file: tells what it is, what of it is supported, and what not;
                       of a model folder also its parameters and the memory that it takes
        --ids 1,2,3    token ids to put through the model; prints the logits after each
        --adapter DIR  adapters beside the model's weights, as PEFT saves them
        --messages F   a JSON list of {"role": ..., "content": ...} to render and tokenize
      """;
  private static final ObjectMapper JSON = new ObjectMapper();

  private Inspect() {}

  /** What the arguments say. */
  private record Plan(
      Path folder, Optional<Path> adapter, List<Integer> ids, Optional<Path> messages) {
    static Plan of(String[] args) {
      if (args.length == 0 || args[0].startsWith("--")) {
        throw new IllegalArgumentException("a folder or file is needed first");
      }
      Arguments options =
          new Arguments(
              Arrays.copyOfRange(args, 1, args.length),
              Set.of("ids", "adapter", "messages"),
              Set.of());
      return new Plan(
          Path.of(args[0]),
          options.path("adapter"),
          Inspect.ids(options.get("ids").orElse("")),
          options.path("messages"));
    }
  }

  /** Inspects the folder in {@code args}; without one, says how it is called. */
  public static void main(String[] args) {
    Arguments.run(
        USAGE,
        args,
        Plan::of,
        plan -> {
          int[] ids = plan.ids().stream().mapToInt(Integer::intValue).toArray();
          run(plan.folder(), plan.adapter(), ids, plan.messages(), System.out);
        });
  }

  private static List<Integer> ids(String list) {
    try {
      return Splitter.on(',')
          .trimResults()
          .omitEmptyStrings()
          .splitToStream(list)
          .map(Integer::valueOf)
          .toList();
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "--ids is \"" + list + "\"; it must be whole numbers with commas between them", e);
    }
  }

  static void run(
      Path folder, Optional<Path> adapter, int[] ids, Optional<Path> messages, PrintStream out)
      throws IOException {
    Optional<EncodedConversation> conversation =
        messages.isPresent() ? Optional.of(conversation(folder, messages.get())) : Optional.empty();
    Contents contents = Contents.of(folder);
    boolean isModel = contents.supported().keySet().containsAll(Set.of("config.json", "weights"));
    if (!isModel && ids.length == 0 && adapter.isEmpty()) {
      try (JsonGenerator json = JSON.createGenerator(out)) {
        json.useDefaultPrettyPrinter();
        json.writeStartObject();
        write(contents, json);
        json.writeEndObject();
        json.writeRaw('\n');
      }
      return;
    }
    OnnxPolicyBuilder plan = OnnxPolicy.builder(folder);
    adapter.ifPresent(plan::adapter);
    try (ModelInspector model =
            ModelInspector.open(folder, adapter, OnnxOptions.ofDefaults().threads());
        JsonGenerator json = JSON.createGenerator(out)) {
      json.useDefaultPrettyPrinter();
      json.writeStartObject();
      write(contents, json);
      json.writeStringField("architecture", model.layout().config().family().architecture());
      json.writeNumberField("parameters", model.parameterCount());
      json.writeFieldName("memoryPlan");
      write(plan.memoryPlan(), json);
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
      if (conversation.isPresent()) {
        json.writeStringField("rendered", conversation.get().text());
        json.writeFieldName("ids");
        write(conversation.get().ids().toArray(), json);
        json.writeFieldName("mask");
        write(conversation.get().mask(), json);
      }
      json.writeEndObject();
      json.writeRaw('\n');
    }
  }

  private static EncodedConversation conversation(Path folder, Path messages) throws IOException {
    try (Tokenizer tokenizer = Tokenizer.load(folder.resolve("tokenizer.json"))) {
      return PromptFormat.read(folder)
          .encode(messages.toString(), Conversation.readMessages(messages), tokenizer);
    }
  }

  private static void write(Contents contents, JsonGenerator json) throws IOException {
    json.writeStringField("is", contents.kind());
    json.writePOJOField("supported", contents.supported());
    json.writePOJOField("unsupported", contents.unsupported());
  }

  private static void write(int[] numbers, JsonGenerator json) throws IOException {
    json.writeArray(numbers, 0, numbers.length);
  }

  private static void write(MemoryPlan plan, JsonGenerator json) throws IOException {
    json.writeStartObject();
    json.writeNumberField("weights", plan.weights());
    json.writeNumberField("gradients", plan.gradients());
    json.writeNumberField("moments", plan.moments());
    json.writeNumberField("activations", plan.activations());
    json.writeNumberField("samplingWeights", plan.samplingWeights());
    json.writeNumberField("kvCache", plan.kvCache());
    json.writeNumberField("samplingActivations", plan.samplingActivations());
    json.writeNumberField("peak", plan.peak());
    json.writeEndObject();
  }
}
