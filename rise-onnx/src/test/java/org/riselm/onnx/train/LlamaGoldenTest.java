package org.riselm.onnx.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.riselm.onnx.model.ConfigFile;
import org.riselm.onnx.model.DecoderConfig;
import org.riselm.onnx.model.Parameter;
import org.riselm.onnx.model.Weights;

/**
 * Our decoder, its gradients and AdamW against Hugging Face's Llama in PyTorch. The files and the
 * script that made them (make_llama.py) lie beside this test's resources.
 */
class LlamaGoldenTest {
  @TempDir Path temp;
  private JsonNode golden;
  private final Map<String, float[]> tensors = new HashMap<>();
  private DecoderConfig config;

  @BeforeEach
  void read() throws IOException {
    golden = new ObjectMapper().readTree(LlamaGoldenTest.class.getResource("llama.json"));
    Path configFile = temp.resolve("config.json");
    Files.writeString(configFile, golden.get("config").toString());
    config = ConfigFile.read(configFile);
    byte[] file;
    try (var in = LlamaGoldenTest.class.getResourceAsStream("llama.safetensors")) {
      file = in.readAllBytes();
    }
    ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    int headerLength = (int) bytes.getLong(0);
    JsonNode header = new ObjectMapper().readTree(file, 8, headerLength);
    header
        .properties()
        .forEach(
            entry -> {
              JsonNode offsets = entry.getValue().path("data_offsets");
              if (offsets.isArray()) {
                int from = 8 + headerLength + offsets.get(0).asInt();
                int length = offsets.get(1).asInt() - offsets.get(0).asInt();
                float[] values = new float[length / 4];
                bytes
                    .slice(from, length)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .asFloatBuffer()
                    .get(values);
                tensors.put(entry.getKey(), values);
              }
            });
  }

  private Weights start() {
    Weights weights = Weights.zeros(config);
    for (Parameter p : weights.parameters()) {
      weights.tensor(p.name()).floats().put(tensors.get("start." + p.name()));
    }
    return weights;
  }

  private AdamW adamw() {
    JsonNode a = golden.get("adamw");
    return new AdamW(
        a.get("betas").get(0).asDouble(),
        a.get("betas").get(1).asDouble(),
        a.get("eps").asDouble(),
        a.get("weight_decay").asDouble(),
        AdamW.Decay.ALL,
        a.get("max_norm").asDouble());
  }

  private static MicroBatch batch(JsonNode step) {
    List<Float> weights = new ArrayList<>();
    step.get("targetWeights").forEach(w -> weights.add((float) w.asDouble()));
    float[] targetWeights = new float[weights.size()];
    for (int i = 0; i < targetWeights.length; i++) {
      targetWeights[i] = weights.get(i);
    }
    return new MicroBatch(
        step.get("rows").asInt(),
        step.get("columns").asInt(),
        longs(step.get("inputIds")),
        longs(step.get("targetPositions")),
        longs(step.get("targetIds")),
        targetWeights);
  }

  private static long[] longs(JsonNode array) {
    long[] values = new long[array.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = array.get(i).asLong();
    }
    return values;
  }

  @Test
  void gradientsAreThoseOfPyTorch() {
    JsonNode step = golden.get("steps").get(0);
    try (Weights weights = start();
        PlainExecutor executor = new PlainExecutor(config, weights, adamw(), 2)) {
      assertEquals(step.get("loss").asDouble(), executor.accumulate(batch(step)), 1e-5);
      for (Parameter p : weights.parameters()) {
        float[] expected = tensors.get("gradient." + p.name());
        FloatBuffer found = executor.gradients().tensor(p.name()).floats();
        double difference = 0;
        double size = 0;
        for (int i = 0; i < expected.length; i++) {
          difference += Math.pow(found.get(i) - expected[i], 2);
          size += Math.pow(expected[i], 2);
        }
        double error = Math.sqrt(difference / size);
        assertTrue(error <= 1e-5, p.name() + ": relative error " + error);
      }
    }
  }

  @Test
  void parametersAfterThreeStepsAreThoseOfPyTorch() {
    try (Weights weights = start();
        PlainExecutor executor = new PlainExecutor(config, weights, adamw(), 2)) {
      for (JsonNode step : golden.get("steps")) {
        assertEquals(step.get("loss").asDouble(), executor.accumulate(batch(step)), 1e-5);
        double norm = executor.step(golden.get("adamw").get("lr").asDouble());
        assertEquals(step.get("gradientNorm").asDouble(), norm, 1e-5);
      }
      for (Parameter p : weights.parameters()) {
        float[] expected = tensors.get("end." + p.name());
        FloatBuffer found = weights.tensor(p.name()).floats();
        for (int i = 0; i < expected.length; i++) {
          assertEquals(expected[i], found.get(i), 1e-6, p.name() + " " + i);
        }
      }
    }
  }
}
