package org.riselm.onnx.internal.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.riselm.core.RiseTrainer;
import org.riselm.core.policy.ProgressListener;
import org.riselm.core.policy.Query;
import org.riselm.core.policy.SamplingOptions;
import org.riselm.core.policy.TrainingOptions;
import org.riselm.core.relabel.Relabelers;
import org.riselm.core.task.Gsm8kVerifier;
import org.riselm.core.task.ProblemSet;
import org.riselm.onnx.Lora;
import org.riselm.onnx.MemoryPlan;
import org.riselm.onnx.NotEnoughMemoryException;
import org.riselm.onnx.OnnxOptions;
import org.riselm.onnx.OnnxPolicy;
import org.riselm.onnx.TinyModel;
import org.riselm.onnx.internal.decoder.ParameterLayout;
import org.riselm.onnx.internal.runtime.ElementType;
import org.riselm.onnx.internal.runtime.NativeMemory;
import org.riselm.onnx.internal.train.EncodedExample;
import org.riselm.onnx.model.DecoderConfig;

/** What would not fit into an artificial limit is refused before any of it is taken. */
class MemoryBudgetTest {
  private static final DecoderConfig CONFIG =
      DecoderConfig.builder(TinyModel.config().vocabularySize())
          .hiddenSize(256)
          .layers(2)
          .heads(4)
          .feedForwardSize(1024)
          .contextLength(32)
          .build();
  private static final TrainingOptions TRAINING =
      TrainingOptions.builder().steps(1).batchSize(3).build();
  private static final List<Query> QUERIES = List.of(new Query(TinyModel.STATES.get(0), 1));

  @TempDir Path folder;

  private OnnxOptions limit(long bytes) {
    return TinyModel.options(1).toBuilder().memoryLimit(bytes).build();
  }

  private OnnxPolicy policy(long limit) throws IOException {
    return OnnxPolicy.create(
        CONFIG, TinyModel.tokenizer(folder), TinyModel.FORMAT, 1, limit(limit));
  }

  private static long weights() {
    return MemoryPlanner.ofWeights(ParameterLayout.full(CONFIG)).weights();
  }

  @Test
  void weightsThatDoNotFitAreNotRead() {
    long before = NativeMemory.openObjects();
    NotEnoughMemoryException e =
        assertThrows(NotEnoughMemoryException.class, () -> policy(weights() - 1));
    assertEquals(weights(), e.needed());
    assertEquals(weights() - 1, e.available());
    assertTrue(e.getMessage().contains("lora"), e.getMessage());
    assertEquals(before, NativeMemory.openObjects());
  }

  @Test
  void trainingThatDoesNotFitIsRefusedWithATable() throws IOException {
    try (OnnxPolicy policy = policy(weights() * 4)) {
      long before = NativeMemory.openBytes();
      String message =
          assertThrows(
                  NotEnoughMemoryException.class,
                  () -> policy.train(TinyModel.EXAMPLES, TRAINING, ProgressListener.NONE))
              .getMessage();
      assertEquals(before, NativeMemory.openBytes());
      for (String part :
          List.of("weights", "gradients", "moments", "activations", "recomputation", "lora")) {
        assertTrue(message.contains(part), message);
      }
      assertFalse(message.contains("key-value"), message);
    }
  }

  @Test
  void aRunIsRefusedBeforeItsFirstStage() throws IOException {
    ProblemSet problems =
        new ProblemSet("one", List.of(TinyModel.STATES.get(0).problem()), new Gsm8kVerifier());
    try (OnnxPolicy policy = policy(weights() * 3)) {
      assertThrows(
          NotEnoughMemoryException.class,
          () -> RiseTrainer.builder(policy, problems).relabeler(Relabelers.bestOf(2)).build());
    }
  }

  @Test
  void samplingThatDoesNotFitIsRefusedWithATable() throws IOException {
    try (OnnxPolicy policy = policy(weights() * 2)) {
      String message =
          assertThrows(
                  NotEnoughMemoryException.class,
                  () ->
                      policy.complete(
                          QUERIES, SamplingOptions.ofMaxNewTokens(8), ProgressListener.NONE))
              .getMessage();
      for (String part : List.of("key-value cache", "maxNewTokens")) {
        assertTrue(message.contains(part), message);
      }
      assertFalse(message.contains("samplingBatch"), "there is one row only: " + message);
    }
  }

  @Test
  void whatFitsIsDone() throws IOException {
    try (OnnxPolicy policy = policy(weights() * 6)) {
      policy.requireTrainable(TRAINING);
      policy.complete(QUERIES, SamplingOptions.ofMaxNewTokens(2), ProgressListener.NONE);
      assertEquals(1, policy.train(TinyModel.EXAMPLES, TRAINING, ProgressListener.NONE).steps());
    }
  }

  private static final Pattern ADVICE = Pattern.compile("([A-Z]\\w+)\\.(\\w+)\\((\\w+)\\)");

  /** Follows every piece of advice on OnnxOptions, and holds what it then needs against before. */
  @Property(tries = 20)
  void adviceNamesPossibleValuesThatHelp(
      @ForAll @IntRange(min = 1, max = 12) int examples,
      @ForAll @IntRange(min = 1, max = 30) int tokens,
      @ForAll @IntRange(min = 1, max = 400) int microBatchTokens,
      @ForAll @IntRange(min = 1, max = 4) int threads,
      @ForAll boolean recomputes,
      @ForAll boolean adapters) {
    ParameterLayout layout =
        adapters
            ? ParameterLayout.lora(CONFIG, Lora.rank(2), p -> ElementType.FLOAT)
            : ParameterLayout.full(CONFIG);
    OnnxOptions options =
        OnnxOptions.builder()
            .threads(threads)
            .microBatchTokens(microBatchTokens)
            .recomputation(recomputes)
            .memoryLimit(1)
            .build();
    List<EncodedExample> batch =
        Collections.nCopies(examples, EncodedExample.of(new int[tokens], new int[] {1}, 1));
    NotEnoughMemoryException e =
        assertThrows(
            NotEnoughMemoryException.class,
            () -> new MemoryBudget(layout, options).requireTraining(layout, batch, examples));
    Matcher advice = ADVICE.matcher(String.valueOf(e.getMessage()));
    while (advice.find()) {
      OnnxOptions.Builder changed = options.toBuilder();
      int rows = examples;
      switch (advice.group(2)) {
        case "microBatchTokens" -> changed.microBatchTokens(Integer.parseInt(advice.group(3)));
        case "recomputation" -> changed.recomputation(true);
        case "batchSize" -> rows = Integer.parseInt(advice.group(3));
        default -> {
          continue; // Adapters.
        }
      }
      MemoryPlan then = MemoryPlanner.ofTraining(layout, changed.build(), batch, rows);
      assertTrue(then.total() < e.needed(), () -> advice.group() + ": " + e.getMessage());
    }
  }

  @Test
  void aStepOfOneTokenThatDoesNotFitIsNotAdvisedToHaveFewer() {
    ParameterLayout layout = ParameterLayout.lora(CONFIG, Lora.rank(2), p -> ElementType.FLOAT);
    NotEnoughMemoryException e =
        assertThrows(
            NotEnoughMemoryException.class,
            () -> new MemoryBudget(layout, limit(1)).requireLeastTraining(layout));
    assertTrue(e.getMessage().endsWith("What helps: more memory; a smaller model"), e::getMessage);
  }

  @Test
  void aNegativeLimitIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> limit(-1));
  }
}
