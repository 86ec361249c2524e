package org.riselm.onnx.internal.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.riselm.onnx.GoldenModel;
import org.riselm.onnx.internal.decoder.DecoderLogits;
import org.riselm.onnx.internal.decoder.ModelTensors;
import org.riselm.onnx.internal.decoder.Parameter;
import org.riselm.onnx.internal.decoder.ParameterBlock;
import org.riselm.onnx.internal.runtime.Tensor;

/** Our decoder, its gradients and AdamW against Hugging Face's model of every family in PyTorch. */
class FamilyGoldenTest {
  private static AdamW adamw(GoldenModel golden) {
    JsonNode a = golden.document().get("adamw");
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

  @ParameterizedTest
  @FieldSource("org.riselm.onnx.GoldenModel#NAMES")
  void logitsAreThoseOfPyTorch(String family) {
    GoldenModel golden = GoldenModel.read(family);
    int vocabulary = golden.config().vocabularySize();
    try (ParameterBlock weights = golden.start();
        DecoderLogits logits = new DecoderLogits(ModelTensors.full(golden.config(), weights), 1)) {
      float[][] rows = logits.of(golden.ids());
      float[] expected = golden.tensor("logits");
      assertEquals(expected.length, rows.length * vocabulary);
      for (int i = 0; i < rows.length; i++) {
        float[] row = Arrays.copyOfRange(expected, i * vocabulary, (i + 1) * vocabulary);
        assertArrayEquals(row, rows[i], 1e-5f, "position " + i);
      }
    }
  }

  @ParameterizedTest
  @FieldSource("org.riselm.onnx.GoldenModel#NAMES")
  void gradientsAreThoseOfPyTorch(String family) {
    GoldenModel golden = GoldenModel.read(family);
    JsonNode step = golden.document().get("steps").get(0);
    try (ParameterBlock weights = golden.start();
        GraphStepExecutor executor =
            new GraphStepExecutor(ModelTensors.full(golden.config(), weights), adamw(golden), 2)) {
      assertEquals(step.get("loss").asDouble(), executor.accumulate(batch(step)), 1e-5);
      for (Parameter p : weights.parameters()) {
        float[] expected = golden.tensor("gradient." + p.name());
        double error = relativeError(expected, executor.gradients().tensor(p.name()));
        assertTrue(error <= 1e-5, p.name() + ": relative error " + error);
      }
    }
  }

  @ParameterizedTest
  @FieldSource("org.riselm.onnx.GoldenModel#NAMES")
  void parametersAfterThreeStepsAreThoseOfPyTorch(String family) {
    GoldenModel golden = GoldenModel.read(family);
    try (ParameterBlock weights = golden.start();
        GraphStepExecutor executor =
            new GraphStepExecutor(ModelTensors.full(golden.config(), weights), adamw(golden), 2)) {
      for (JsonNode step : golden.document().get("steps")) {
        assertEquals(step.get("loss").asDouble(), executor.accumulate(batch(step)), 1e-5);
        double norm = executor.step(golden.document().get("adamw").get("lr").asDouble());
        double expected = step.get("gradientNorm").asDouble();
        assertEquals(expected, norm, 3e-6 * Math.max(10, expected));
      }
      for (Parameter p : weights.parameters()) {
        float[] expected = golden.tensor("end." + p.name());
        assertArrayEquals(expected, weights.tensor(p.name()).toFloats(), 1e-6f, p.name());
      }
    }
  }

  private static double relativeError(float[] expected, Tensor tensor) {
    float[] found = tensor.toFloats();
    double difference = 0;
    double size = 0;
    for (int i = 0; i < expected.length; i++) {
      difference += Math.pow(found[i] - expected[i], 2);
      size += Math.pow(expected[i], 2);
    }
    return Math.sqrt(difference / size);
  }
}
