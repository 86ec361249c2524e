package org.riselm.onnx.internal.imported;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.riselm.core.policy.TrainingOptions;
import org.riselm.onnx.GoldenModel;
import org.riselm.onnx.internal.train.MicroBatch;

/** A decoder that {@code decoders/make_decoders.py} exported, and what PyTorch computes with it. */
public record GoldenDecoder(String name, JsonNode document) {
  /** Two exporters, three families; one with its numbers beside it, one with a cache. */
  static Stream<GoldenDecoder> all() {
    return Stream.of(
            "llama-torchscript", "llama-dynamo", "gpt2-torchscript", "gpt2-dynamo", "qwen3-cached")
        .map(GoldenDecoder::of);
  }

  static GoldenDecoder of(String name) {
    try {
      return new GoldenDecoder(
          name,
          new ObjectMapper()
              .readTree(
                  GoldenModel.class.getResourceAsStream("decoders/" + name + "-golden.json")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public Path file() {
    return Path.of(
        URI.create(GoldenModel.class.getResource("decoders/" + name + ".onnx").toString()));
  }

  public int rows() {
    return document.get("rows").asInt();
  }

  public int columns() {
    return document.get("columns").asInt();
  }

  public double number(String key) {
    return document.get(key).asDouble();
  }

  public long[] longs(String key) {
    long[] values = new long[document.get(key).size()];
    Arrays.setAll(values, i -> document.get(key).get(i).asLong());
    return values;
  }

  public float[] weights() {
    JsonNode array = document.get("targetWeights");
    float[] values = new float[array.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) array.get(i).asDouble();
    }
    return values;
  }

  public double[] losses() {
    JsonNode array = document.get("losses");
    double[] values = new double[array.size()];
    Arrays.setAll(values, i -> array.get(i).asDouble());
    return values;
  }

  public float[] logits() {
    return floats(document.get("logits"));
  }

  /** Numbers by the names of initializers. */
  public Map<String, float[]> byName(String key) {
    Map<String, float[]> all = new LinkedHashMap<>();
    document.get(key).properties().forEach(e -> all.put(e.getKey(), floats(e.getValue())));
    return all;
  }

  private static float[] floats(JsonNode text) {
    FloatBuffer buffer =
        ByteBuffer.wrap(Base64.getDecoder().decode(text.asText()))
            .order(ByteOrder.LITTLE_ENDIAN)
            .asFloatBuffer();
    float[] values = new float[buffer.remaining()];
    buffer.get(values);
    return values;
  }

  public MicroBatch batch() {
    return new MicroBatch(
        rows(),
        columns(),
        longs("inputIds"),
        longs("targetPositions"),
        longs("targetIds"),
        weights());
  }

  public TrainingOptions optimizer() {
    return TrainingOptions.builder()
        .epsilon(number("epsilon"))
        .weightDecay(number("decay"))
        .maxGradientNorm(0)
        .build();
  }

  public static void assertClose(String what, float[] expected, float[] found, double tolerance) {
    assertEquals(expected.length, found.length, what);
    double difference = 0;
    double size = 0;
    for (int i = 0; i < expected.length; i++) {
      difference += Math.pow((double) found[i] - expected[i], 2);
      size += Math.pow(expected[i], 2);
    }
    double error = Math.sqrt(difference / Math.max(size, 1e-30));
    assertTrue(error <= tolerance, () -> what + ": relative L2 error %.2e".formatted(error));
  }

  @Override
  public String toString() {
    return name;
  }
}
