package org.riselm.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
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
import org.riselm.examples.toy.ToyExercise;
import org.riselm.examples.toy.ToyModel;
import org.riselm.onnx.OnnxPolicy;

class InspectTest {
  @TempDir Path folder;

  private static JsonNode inspect(Path model, int... ids) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (PrintStream out = new PrintStream(bytes, false, StandardCharsets.UTF_8)) {
      Inspect.run(model, Optional.empty(), ids, out);
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
}
