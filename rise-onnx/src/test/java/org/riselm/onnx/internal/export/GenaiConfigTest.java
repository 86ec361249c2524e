package org.riselm.onnx.internal.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.riselm.onnx.model.DecoderConfig;

/** What onnxruntime-genai reads. That it runs these models was seen by hand, with 0.18.0. */
class GenaiConfigTest {
  private static final DecoderConfig CONFIG = DecoderConfig.builder(50).build();

  @TempDir Path folder;

  private JsonNode model(int... stops) throws IOException {
    GenaiConfig.write(folder, CONFIG, stops);
    return new ObjectMapper()
        .readTree(Files.readAllBytes(folder.resolve(GenaiConfig.FILE)))
        .get("model");
  }

  @Test
  void saysWhatTheModelIs() throws IOException {
    JsonNode model = model(3, 4);
    assertEquals("llama", model.get("type").asText());
    assertEquals("[3,4]", model.get("eos_token_id").toString());
    assertEquals(4, model.at("/decoder/num_hidden_layers").asInt());
    assertEquals(32, model.at("/decoder/head_size").asInt());
  }

  @Test
  void aTokenThatEndsTurnsIsNeverThePadding() throws IOException {
    assertEquals(50, model(3).get("pad_token_id").asInt());
    Files.writeString(folder.resolve("config.json"), "{\"pad_token_id\": 3}");
    assertEquals(50, model(3).get("pad_token_id").asInt());
    assertEquals(3, model(4).get("pad_token_id").asInt());
    Files.writeString(folder.resolve("config.json"), "{\"pad_token_id\": null}");
    assertEquals(50, model(3).get("pad_token_id").asInt());
  }

  @Test
  void aModelThatNothingStopsIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> GenaiConfig.write(folder, CONFIG));
  }
}
