package org.riselm.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.riselm.core.IterationReport;
import org.riselm.core.RiseTrainer;
import org.riselm.core.mdp.Example;
import org.riselm.core.mdp.Feedback;
import org.riselm.core.mdp.Verifier;
import org.riselm.core.policy.Completion;
import org.riselm.core.policy.ProgressListener;
import org.riselm.core.policy.Query;
import org.riselm.core.policy.SamplingOptions;
import org.riselm.core.policy.ScoringPolicy.Divergence;
import org.riselm.core.policy.TrainingOptions;
import org.riselm.core.relabel.Relabelers;
import org.riselm.core.task.ProblemSet;
import org.riselm.onnx.Precision.Bits;
import org.riselm.onnx.internal.runtime.NativeMemory;
import org.riselm.onnx.model.DecoderConfig;

/** A policy that samples from a quantized copy of the weights it trains. */
class QuantizedRolloutsTest {
  private static final List<Query> QUERIES =
      TinyModel.STATES.stream().map(s -> new Query(s, 7)).toList();
  private static final SamplingOptions SAMPLING =
      SamplingOptions.builder().maxNewTokens(8).logProbabilities(true).build();
  private static final TrainingOptions TRAINING =
      TrainingOptions.builder().learningRate(1e-2).steps(20).batchSize(3).build();

  @TempDir Path folder;

  private Path base() throws IOException {
    Path base = folder.resolve("base");
    if (!Files.exists(base)) {
      DecoderConfig config =
          DecoderConfig.builder(TinyModel.config().vocabularySize())
              .hiddenSize(64)
              .layers(2)
              .heads(2)
              .keyValueHeads(1)
              .feedForwardSize(96)
              .contextLength(32)
              .build();
      try (OnnxPolicy random =
          OnnxPolicy.create(
              config, TinyModel.tokenizer(folder), TinyModel.FORMAT, 1, TinyModel.options(2))) {
        random.save(base);
      }
    }
    return base;
  }

  private OnnxPolicyBuilder builder(boolean adapters) throws IOException {
    OnnxPolicyBuilder builder = OnnxPolicy.builder(base()).options(TinyModel.options(2));
    return adapters ? builder.lora(Lora.rank(8)) : builder;
  }

  private static List<Example> given(List<Completion> completions) {
    return IntStream.range(0, QUERIES.size())
        .mapToObj(i -> new Example(QUERIES.get(i).state(), completions.get(i).response(), 1))
        .toList();
  }

  private static Divergence divergence(OnnxPolicy policy) {
    List<Completion> drawn = policy.complete(QUERIES, SAMPLING);
    return Divergence.of(
        drawn.stream().map(Completion::logProbabilities).toList(),
        policy.logProbabilities(given(drawn)));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void itSamplesFromACopyThatFollowsTheWeightsAndTrainsTheWeights(boolean adapters)
      throws IOException {
    long before = NativeMemory.openObjects();
    Path learned = folder.resolve("learned");
    try (OnnxPolicy exact = builder(adapters).build();
        OnnxPolicy policy = builder(adapters).quantizedRollouts(Bits.FOUR).build()) {
      List<Completion> first = policy.complete(QUERIES, SAMPLING);
      assertNotEquals(exact.complete(QUERIES, SAMPLING), first);
      exact.train(TinyModel.EXAMPLES, TRAINING, ProgressListener.NONE);
      policy.train(TinyModel.EXAMPLES, TRAINING, ProgressListener.NONE);
      // What is learned is the same, to the bit, and what is sampled follows it.
      assertEquals(
          exact.logProbabilities(TinyModel.EXAMPLES), policy.logProbabilities(TinyModel.EXAMPLES));
      List<Completion> then = policy.complete(QUERIES, SAMPLING);
      assertNotEquals(first, then);
      policy.save(learned);
      try (OnnxPolicy fresh = builder(adapters).quantizedRollouts(Bits.FOUR).build()) {
        assertEquals(first, fresh.complete(QUERIES, SAMPLING));
        fresh.restore(learned);
        assertEquals(then, fresh.complete(QUERIES, SAMPLING));
      }
    }
    assertEquals(before, NativeMemory.openObjects());
  }

  @ParameterizedTest
  @CsvSource({"EIGHT, 1e-9, 1e-3", "FOUR, 1e-5, 1e-1"})
  void fewerBitsAreFartherFromThePolicy(Bits bits, double least, double most) throws IOException {
    try (OnnxPolicy exact = builder(false).build();
        OnnxPolicy policy = builder(false).quantizedRollouts(bits).build()) {
      assertTrue(exact.samplesExactly());
      assertFalse(policy.samplesExactly());
      Divergence found = divergence(policy);
      assertTrue(found.nats() > least && found.nats() < most, found::toString);
      assertTrue(divergence(exact).nats() < 1e-9, () -> divergence(exact).toString());
    }
  }

  @Test
  void aRunRecordsTheBitsAndReportsTheDivergence() throws IOException {
    Verifier any = Verifier.of(Optional::of, String::equals);
    ProblemSet problems = new ProblemSet("tiny", List.of(TinyModel.STATES.get(0).problem()), any);
    Path run = folder.resolve("run");
    Divergence first;
    try (OnnxPolicy policy = builder(false).quantizedRollouts(Bits.EIGHT).build();
        RiseTrainer trainer = trainer(policy, problems, run)) {
      IterationReport report = trainer.iterate();
      first = report.collected().divergence().orElseThrow();
      assertTrue(first.nats() > 0 && first.tokens() > 0, first::toString);
    }
    String manifest = Files.readString(run.resolve("manifest.json"));
    assertTrue(manifest.contains("quantizedRollouts=EIGHT"), manifest);
    try (OnnxPolicy policy = builder(false).quantizedRollouts(Bits.EIGHT).build();
        RiseTrainer trainer = trainer(policy, problems, run)) {
      assertEquals(first, trainer.reports().get(0).collected().divergence().orElseThrow());
      assertTrue(trainer.iterate().collected().divergence().isPresent());
    }
  }

  private static RiseTrainer trainer(OnnxPolicy policy, ProblemSet problems, Path run) {
    return RiseTrainer.builder(policy, problems)
        .relabeler(Relabelers.reference())
        .feedback(Feedback.neutral("try again"))
        .sampling(SamplingOptions.ofMaxNewTokens(4))
        .training(TRAINING)
        .runDirectory(run)
        .build();
  }

  @Test
  void theMemoryPlanHasTheCopy() throws IOException {
    MemoryPlan exact = builder(false).memoryPlan();
    MemoryPlan eight = builder(false).quantizedRollouts(Bits.EIGHT).memoryPlan();
    MemoryPlan frozen = builder(false).frozen().quantized(Bits.EIGHT).memoryPlan();
    assertEquals(exact.training(), eight.training());
    assertEquals(frozen.samplingWeights() + frozen.weights(), eight.samplingWeights());
    try (OnnxPolicy policy = builder(false).quantizedRollouts(Bits.EIGHT).build()) {
      long before = NativeMemory.openBytes();
      policy.complete(QUERIES.subList(0, 1), SAMPLING);
      long copy = NativeMemory.openBytes() - before;
      assertTrue(copy > frozen.weights(), copy + " of " + frozen.weights());
      policy.train(TinyModel.EXAMPLES, TRAINING, ProgressListener.NONE);
      assertEquals(before, NativeMemory.openBytes());
    }
  }

  @Test
  void whatCannotBeIsRefused() throws IOException {
    refused(
        builder(true).quantized(Bits.EIGHT).quantizedRollouts(Bits.FOUR),
        "quantized(EIGHT) samples from quantized weights already");
    refused(
        builder(true).device(Device.cuda(0)).quantizedRollouts(Bits.FOUR),
        "quantizedRollouts(FOUR) is for a CPU");
    Path odd = folder.resolve("odd");
    try (OnnxPolicy whole = TinyModel.policy(folder, 1)) {
      whole.save(odd);
    }
    long before = NativeMemory.openObjects();
    refused(
        OnnxPolicy.builder(odd).options(TinyModel.options(1)).quantizedRollouts(Bits.EIGHT),
        "model.layers.0.mlp.down_proj.weight has rows of 48");
    assertEquals(before, NativeMemory.openObjects());
  }

  private static void refused(OnnxPolicyBuilder builder, String why) {
    String message =
        String.valueOf(
            assertThrows(IllegalArgumentException.class, () -> builder.build().close())
                .getMessage());
    assertTrue(message.contains(why), message);
  }
}
