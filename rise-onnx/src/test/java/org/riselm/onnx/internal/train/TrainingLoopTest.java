package org.riselm.onnx.internal.train;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.riselm.core.policy.ProgressEvent.TrainingStep;
import org.riselm.core.policy.TrainingOptions;
import org.riselm.core.policy.TrainingRequest;
import org.riselm.core.policy.TrainingSummary;
import org.riselm.core.policy.spi.TrainingCheckpoints;
import org.riselm.onnx.internal.decoder.ModelTensors;
import org.riselm.onnx.internal.decoder.ParameterBlock;
import org.riselm.onnx.model.DecoderConfig;

class TrainingLoopTest {
  // The head is not the embedding, so a ruined row ruins only the examples that have its token.
  private static final DecoderConfig CONFIG = DecoderGradientTest.config(2, 1, false);
  private static final int RUINED = 5;

  private static List<EncodedExample> examples() {
    List<EncodedExample> examples = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      examples.add(EncodedExample.of(new int[] {1, 2 + i % 2}, new int[] {3, 4}, 1));
    }
    examples.add(EncodedExample.of(new int[] {1, RUINED}, new int[] {3, 4}, 1));
    return examples;
  }

  private static ParameterBlock ruinedWeights() {
    ParameterBlock weights = ParameterBlock.random(CONFIG, 3);
    weights
        .tensor("model.embed_tokens.weight")
        .floats()
        .put(RUINED * CONFIG.hiddenSize(), Float.NaN);
    return weights;
  }

  private static TrainingSummary train(
      ParameterBlock weights,
      List<EncodedExample> examples,
      TrainingOptions.NonFinite nonFinite,
      List<TrainingStep> to) {
    TrainingOptions training =
        TrainingOptions.builder()
            .learningRate(1e-2)
            .batchSize(1)
            .epochs(2)
            .nonFinite(nonFinite)
            .build();
    try (StepExecutor executor =
        new GraphStepExecutor(
            ModelTensors.full(CONFIG, weights), AdamW.of(training, AdamW.Decay.ALL), 1)) {
      return TrainingLoop.run(
          executor,
          examples,
          TrainingRequest.of(training, 1e-5),
          64,
          event -> to.add(requireNonNull(event.step())),
          TrainingCheckpoints.NONE);
    }
  }

  @Test
  void aBatchThatIsNotANumberIsSkippedAndCounted() {
    List<TrainingStep> steps = new ArrayList<>();
    try (ParameterBlock weights = ruinedWeights()) {
      TrainingSummary summary = train(weights, examples(), TrainingOptions.NonFinite.SKIP, steps);
      assertEquals(16, summary.steps());
      assertEquals(2, summary.skipped());
      assertEquals(2, steps.stream().filter(TrainingStep::skipped).count());
      assertTrue(summary.lastLoss() < summary.firstLoss(), summary::toString);
    }
  }

  @Test
  void whatIsSkippedLeavesNoTrace() {
    List<TrainingStep> steps = new ArrayList<>();
    try (ParameterBlock weights = ruinedWeights()) {
      float[] before = weights.block().toFloats();
      train(weights, examples().subList(7, 8), TrainingOptions.NonFinite.SKIP, steps);
      assertArrayEquals(before, weights.block().toFloats());
      assertTrue(steps.stream().allMatch(TrainingStep::skipped));
    }
  }

  @Test
  void unlessAskedToSkipItStops() {
    List<TrainingStep> steps = new ArrayList<>();
    try (ParameterBlock weights = ruinedWeights()) {
      ArithmeticException e =
          assertThrows(
              ArithmeticException.class,
              () -> train(weights, examples(), TrainingOptions.NonFinite.STOP, steps));
      assertTrue(
          e.getMessage().startsWith("training step " + (steps.size() + 1) + ": the loss is NaN"),
          e::getMessage);
    }
  }
}
