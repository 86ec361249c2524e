package org.riselm.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.riselm.examples.lab.toy.ToyExercise;
import org.riselm.examples.lab.toy.ToyModel;
import org.riselm.onnx.Lora;
import org.riselm.onnx.OnnxPolicy;

class InspectTest {
  @TempDir Path folder;

  private static JsonNode inspect(Path model, int... ids) throws IOException {
    return inspect(model, Optional.empty(), ids);
  }

  private static JsonNode inspect(Path model, Optional<Path> adapter, int... ids)
      throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (PrintStream out = new PrintStream(bytes, false, StandardCharsets.UTF_8)) {
      Inspect.run(model, adapter, ids, Optional.empty(), out);
    }
    return new ObjectMapper().readTree(bytes.toByteArray());
  }

  @Test
  void aSavedModelIsShown() throws IOException {
    Path saved = folder.resolve("saved");
    int vocabulary;
    long parameters;
    try (OnnxPolicy policy = ToyModel.create(new ToyExercise(), folder.resolve("toy"), 1)) {
      policy.save(saved);
      vocabulary = policy.config().vocabularySize();
      parameters = policy.parameterCount();
    }
    // It looks at the weights alone.
    Files.delete(saved.resolve("tokenizer.json"));
    Files.delete(saved.resolve("prompt_format.json"));
    JsonNode shown = inspect(saved, 1, 2, 3);
    assertEquals("LlamaForCausalLM", shown.get("architecture").asText());
    assertEquals(parameters, shown.get("parameters").asLong());
    JsonNode plan = shown.get("memoryPlan");
    assertEquals(4 * parameters, plan.get("weights").asLong());
    assertEquals(8 * parameters, plan.get("moments").asLong());
    assertTrue(plan.get("activations").asLong() > plan.get("weights").asLong());
    assertTrue(plan.get("kvCache").asLong() > 0);
    assertEquals(3, shown.get("logits").size());
    assertEquals(vocabulary, shown.get("logits").get(0).size());
    assertTrue(inspect(saved).path("logits").isMissingNode());
  }

  @Test
  void adaptersAreShownBesideTheirModel() throws IOException {
    Path saved = folder.resolve("saved");
    try (OnnxPolicy policy = ToyModel.create(new ToyExercise(), folder.resolve("toy"), 1)) {
      policy.save(saved);
    }
    Path adapter = folder.resolve("adapter");
    long trained;
    try (OnnxPolicy policy = OnnxPolicy.builder(saved).lora(Lora.rank(2)).build()) {
      policy.save(adapter);
      trained = policy.parameterCount();
    }
    JsonNode plain = inspect(saved, 1, 2, 3);
    JsonNode shown = inspect(saved, Optional.of(adapter), 1, 2, 3);
    assertEquals(plain.get("parameters"), shown.get("parameters"));
    assertEquals(8 * trained, shown.get("memoryPlan").get("moments").asLong());
    // Fresh adapters change nothing.
    double plainLogit = plain.get("logits").get(2).get(1).asDouble();
    assertEquals(plainLogit, shown.get("logits").get(2).get(1).asDouble(), 1e-5);
  }

  @Test
  void aConversationIsShownAsTheModelSeesIt() throws IOException {
    Path model = ToyChat.folder(folder);
    Path messages = folder.resolve("messages.json");
    Files.writeString(
        messages,
        """
        [{"role": "user", "content": "Tom has 8 ."}, {"role": "assistant", "content": "8"},
         {"role": "user", "content": "How many ?"}, {"role": "assistant", "content": "5 8"}]
        """);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (PrintStream out = new PrintStream(bytes, false, StandardCharsets.UTF_8)) {
      Inspect.run(model, Optional.empty(), new int[0], Optional.of(messages), out);
    }
    JsonNode shown = new ObjectMapper().readTree(bytes.toByteArray());
    assertEquals(
        "<user>Tom has 8 .<asst>8<eos><user>How many ?<asst>5 8<eos>",
        shown.get("rendered").asText());
    assertEquals("[0,0,0,0,0,0,1,1,0,0,0,0,0,1,1,1]", shown.get("mask").toString());
    assertEquals(16, shown.get("ids").size());
    Files.writeString(messages, "[{\"role\": \"user\"}]");
    IOException e =
        assertThrows(
            IOException.class,
            () ->
                Inspect.run(
                    model, Optional.empty(), new int[0], Optional.of(messages), System.out));
    assertTrue(e.getMessage().startsWith(messages + ": message 1"), e.getMessage());
  }

  @Test
  void whatIsNotSupportedIsSaidPartByPart() throws IOException {
    Path model = ToyChat.folder(folder);
    assertEquals("a Hugging Face model folder", inspect(model).path("is").asText());
    assertTrue(inspect(model).path("unsupported").isEmpty());
    Files.writeString(model.resolve("config.json"), "{\"model_type\": \"mixtral\"}");
    Files.writeString(model.resolve("model.gguf"), "GGUF");
    JsonNode shown = inspect(model);
    assertTrue(shown.path("unsupported").path("config.json").asText().contains("mixtral"));
    assertTrue(shown.path("unsupported").path("model.gguf").asText().contains("by itself"));
    assertTrue(shown.path("supported").path("tokenizer").asText().contains("<eos>"));
    JsonNode cut = inspect(model.resolve("model.gguf"));
    assertEquals("a GGUF file, which is opened like a model folder", cut.path("is").asText());
    assertTrue(cut.path("supported").isEmpty(), cut.toString());
    assertTrue(cut.path("unsupported").path("weights").asText().contains("model.gguf"));
    assertThrows(IOException.class, () -> inspect(model.resolve("nothing")));
  }
}
