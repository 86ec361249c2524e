package org.riselm.onnx.internal.generate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.primitives.ImmutableIntArray;
import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.riselm.core.mdp.Response.FinishReason;
import org.riselm.core.policy.SamplingOptions;
import org.riselm.onnx.OnnxRuntimeException;
import org.riselm.onnx.internal.decoder.RotaryAngles;
import org.riselm.onnx.internal.graph.Dim;
import org.riselm.onnx.internal.graph.Graph;
import org.riselm.onnx.internal.graph.Ops;
import org.riselm.onnx.internal.graph.Shape;
import org.riselm.onnx.internal.graph.Value;
import org.riselm.onnx.internal.runtime.ElementType;
import org.riselm.onnx.internal.runtime.NativeMemory;
import org.riselm.onnx.internal.runtime.SessionSettings;

class GeneratorTest {
  private static final int VOCABULARY = 40;
  private static final int CONTEXT = 48;
  private static final SamplingOptions SAMPLING =
      SamplingOptions.ofMaxNewTokens(20).toBuilder().logProbabilities(true).build();

  private final TestDecoder decoder = TestDecoder.of(VOCABULARY, CONTEXT, 2);
  private final long openBefore = NativeMemory.openObjects();

  @AfterEach
  void everythingIsClosed() {
    assertFalse(Thread.interrupted(), "a test left its thread interrupted");
    assertEquals(openBefore, NativeMemory.openObjects());
    decoder.close();
  }

  @Test
  void cachedStepsEqualTheWholeSequenceRunAtOnce() {
    List<Prompt> prompts = prompts(9, 3);
    List<GenerationResult> answers =
        generate(4, prompts, SamplingOptions.greedy(20).toBuilder().logProbabilities(true).build());
    try (Generator g = decoder.generator(1, 1)) {
      for (int i = 0; i < prompts.size(); i++) {
        ImmutableIntArray tokens = ImmutableIntArray.copyOf(answers.get(i).tokens().toArray());
        for (int t = 0; t < tokens.length(); t++) {
          // As a prompt, what was sampled so far runs at once; nothing of it comes from the cache.
          ImmutableIntArray soFar =
              ImmutableIntArray.builder()
                  .addAll(prompts.get(i).ids())
                  .addAll(tokens.subArray(0, t))
                  .build();
          GenerationResult next =
              g.generate(
                      List.of(new Prompt(soFar, 0)),
                      SamplingOptions.greedy(1).toBuilder().logProbabilities(true).build(),
                      SamplingProgress.NONE)
                  .get(0);
          assertEquals(
              tokens.get(t),
              ImmutableIntArray.copyOf(next.tokens().toArray()).get(0),
              "prompt " + i + ", token " + t);
          assertEquals(
              answers.get(i).logProbabilities().get(t), next.logProbabilities().get(0), 1e-4);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 64})
  void theBatchDoesNotChangeTheAnswers(int maxBatch) {
    List<Prompt> prompts = new ArrayList<>(prompts(23, 4));
    prompts.addAll(prompts.subList(0, 5)); // repeated outright
    prompts.add(new Prompt(prompts.get(0).ids(), 77)); // another sample of the same prompt
    List<GenerationResult> expected = generate(5, prompts, SAMPLING);
    assertClose(expected, generate(maxBatch, prompts, SAMPLING));

    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < prompts.size(); i++) {
      order.add(i);
    }
    Collections.shuffle(order, new Random(maxBatch));
    List<GenerationResult> shuffled =
        generate(maxBatch, order.stream().map(prompts::get).toList(), SAMPLING);
    assertClose(order.stream().map(expected::get).toList(), shuffled);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void theSameCallGivesTheSameBytes(int threads) {
    List<Prompt> prompts = prompts(20, 5);
    List<GenerationResult> first;
    try (Generator g = decoder.generator(threads, 8)) {
      first = g.generate(prompts, SAMPLING, SamplingProgress.NONE);
      for (int i = 0; i < 3; i++) {
        // Something else in between leaves other garbage in the cache.
        g.generate(prompts(3 + 9 * i, 6 + i), SAMPLING, SamplingProgress.NONE);
        assertEquals(first, g.generate(prompts, SAMPLING, SamplingProgress.NONE));
      }
    }
    try (Generator g = decoder.generator(threads, 8)) {
      assertEquals(first, g.generate(prompts, SAMPLING, SamplingProgress.NONE));
    }
  }

  @Test
  void seedsDecideTheDraws() {
    int[] ids = {1, 2, 3};
    List<Prompt> prompts = List.of(Prompt.of(ids, 1), Prompt.of(ids, 2), Prompt.of(ids, 1));
    List<GenerationResult> answers = generate(3, prompts, SAMPLING);
    assertEquals(answers.get(0), answers.get(2));
    assertFalse(answers.get(0).tokens().equals(answers.get(1).tokens()));
    List<GenerationResult> greedy = generate(3, prompts, SamplingOptions.greedy(20));
    assertEquals(greedy.get(0), greedy.get(1));
  }

  @Test
  void aStopTokenEndsTheAnswerAndIsPartOfIt() {
    List<Prompt> prompts = prompts(30, 8);
    List<GenerationResult> unstopped = generate(8, prompts, SAMPLING);
    ImmutableIntArray stops = ImmutableIntArray.of(3, 17, 25);
    List<GenerationResult> stopped;
    try (Generator g = decoder.generator(1, 8, stops.toArray())) {
      stopped = g.generate(prompts, SAMPLING, SamplingProgress.NONE);
    }
    int stopCount = 0;
    for (int i = 0; i < prompts.size(); i++) {
      ImmutableIntArray all = ImmutableIntArray.copyOf(unstopped.get(i).tokens().toArray());
      int end = 0;
      while (end < all.length() && !stops.contains(all.get(end))) {
        end++;
      }
      boolean stop = end < all.length();
      stopCount += stop ? 1 : 0;
      assertEquals(
          all.subArray(0, stop ? end + 1 : end),
          ImmutableIntArray.copyOf(stopped.get(i).tokens().toArray()),
          "prompt " + i);
      assertEquals(stop ? FinishReason.STOP : FinishReason.LENGTH, stopped.get(i).finish());
    }
    assertTrue(stopCount > 5 && stopCount < 30, stopCount + " of 30 stopped; both must occur");
  }

  @Test
  void aPromptsOwnLimitEndsItsAnswer() {
    List<Prompt> prompts = prompts(12, 8);
    List<GenerationResult> whole = generate(4, prompts, SAMPLING);
    List<Prompt> limited = new ArrayList<>();
    for (int i = 0; i < prompts.size(); i++) {
      limited.add(prompts.get(i).withMaxNewTokens(1 + 3 * i));
    }
    List<GenerationResult> answers = generate(4, limited, SAMPLING);
    for (int i = 0; i < prompts.size(); i++) {
      ImmutableIntArray all = ImmutableIntArray.copyOf(whole.get(i).tokens().toArray());
      int length = Math.min(all.length(), 1 + 3 * i);
      assertEquals(
          all.subArray(0, length),
          ImmutableIntArray.copyOf(answers.get(i).tokens().toArray()),
          "prompt " + i);
      assertEquals(FinishReason.LENGTH, answers.get(i).finish());
    }
    assertThrows(IllegalArgumentException.class, () -> prompts.get(0).withMaxNewTokens(0));
  }

  @Test
  void theContextEndsTheAnswer() {
    List<Prompt> prompts =
        List.of(
            Prompt.of(ids(CONTEXT - 3, 1), 1),
            Prompt.of(ids(CONTEXT - 1, 2), 2),
            Prompt.of(ids(CONTEXT, 3), 3),
            Prompt.of(ids(CONTEXT + 9, 4), 4),
            Prompt.of(ids(5, 5), 5));
    List<GenerationResult> answers = generate(8, prompts, SAMPLING);
    assertEquals(List.of(3, 1, 0, 0, 20), answers.stream().map(a -> a.tokens().size()).toList());
    assertEquals(
        List.of(
            FinishReason.LENGTH,
            FinishReason.LENGTH,
            FinishReason.FAILED,
            FinishReason.FAILED,
            FinishReason.LENGTH),
        answers.stream().map(GenerationResult::finish).toList());
    assertTrue(answers.get(3).failure().contains("57 tokens"), answers.get(3).failure());
    assertNull(answers.get(4).failure());
  }

  @Test
  void nothingIsAskedForNothing() {
    assertEquals(List.of(), generate(4, List.of(), SAMPLING));
  }

  @Test
  void progressAddsUp() {
    List<Prompt> prompts = new ArrayList<>(prompts(21, 9));
    prompts.add(Prompt.of(ids(CONTEXT, 3), 3));
    AtomicInteger completions = new AtomicInteger();
    AtomicLong tokens = new AtomicLong();
    AtomicInteger calls = new AtomicInteger();
    List<GenerationResult> answers;
    try (Generator g = decoder.generator(1, 4)) {
      answers =
          g.generate(
              prompts,
              SAMPLING,
              (c, t) -> {
                completions.addAndGet(c);
                tokens.addAndGet(t);
                calls.incrementAndGet();
              });
    }
    assertEquals(22, completions.get());
    assertEquals(answers.stream().mapToLong(a -> a.tokens().size()).sum(), tokens.get());
    assertTrue(calls.get() > 3, "told as they come, not at the end");
  }

  @Test
  void cacheMemoryIsReused() {
    try (Generator g = decoder.generator(1, 8)) {
      g.generate(prompts(8, 1), SAMPLING, SamplingProgress.NONE);
      long bytes = NativeMemory.openBytes();
      g.generate(prompts(50, 2), SAMPLING, SamplingProgress.NONE);
      g.generate(prompts(1, 2), SAMPLING, SamplingProgress.NONE);
      assertEquals(bytes, NativeMemory.openBytes());
    }
  }

  @Test
  void aTokenMakesHardlyAnyGarbage() {
    ThreadMXBean memory = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    List<Prompt> prompts = prompts(16, 1);
    try (TestDecoder large = TestDecoder.of(4000, 512, 2);
        Generator g = large.generator(1, 16)) {
      long[] bytes = new long[2];
      for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 2; i++) {
          long before = memory.getCurrentThreadAllocatedBytes();
          g.generate(prompts, SamplingOptions.ofMaxNewTokens(50 + 100 * i), SamplingProgress.NONE);
          bytes[i] = memory.getCurrentThreadAllocatedBytes() - before;
        }
      }
      // 12 bytes are kept, and copied as they grow; a copy of the logits would be 16,000.
      double perToken = (bytes[1] - bytes[0]) / (16 * 100.0);
      assertTrue(perToken < 150, perToken + " bytes per token");
    }
  }

  @Test
  void misuseIsRefusedByName() {
    assertMessage(
        assertThrows(IllegalArgumentException.class, () -> Prompt.of(new int[0], 1)),
        "a prompt needs at least one token");
    for (int bad : new int[] {-1, VOCABULARY}) {
      List<Prompt> prompts = List.of(Prompt.of(new int[] {1}, 1), Prompt.of(new int[] {1, bad}, 1));
      assertMessage(
          assertThrows(IllegalArgumentException.class, () -> generate(2, prompts, SAMPLING)),
          "prompt 1 has token id " + bad + " at position 1; the vocabulary's ids are 0 to 39");
    }
    Generator closed = decoder.generator(1, 2);
    closed.close();
    closed.close();
    assertThrows(
        IllegalStateException.class,
        () -> closed.generate(List.of(), SAMPLING, SamplingProgress.NONE));
  }

  @Test
  void loadingWhatIsNoInferenceGraphLeavesNothingOpen() {
    SessionSettings settings = SessionSettings.ofThreads(1);
    GeneratorLimits limits = new GeneratorLimits(CONTEXT, ImmutableIntArray.of(), 2);
    RotaryAngles rotary = RotaryAngles.of(decoder.config);
    List<Prompt> prompts = prompts(1, 1);
    try (Generator g = Generator.load(new byte[] {1, 2, 3}, rotary, settings, limits)) {
      assertThrows(
          OnnxRuntimeException.class, () -> g.generate(prompts, SAMPLING, SamplingProgress.NONE));
    }
    Graph other = new Graph("other");
    Value ids =
        other.input("input_ids", ElementType.INT64, Shape.of(Dim.of("batch"), Dim.of("sequence")));
    other.output(new Ops(other).identity(ids, "copy"));
    try (Generator g = Generator.load(other.toModel(), rotary, settings, limits)) {
      assertMessage(
          assertThrows(
              IllegalArgumentException.class,
              () -> g.generate(prompts, SAMPLING, SamplingProgress.NONE)),
          "no input seqlens_k, which a sampling graph has; it has [input_ids]");
    }
  }

  @Test
  void weightsThatDivergedAreNamed() {
    decoder.weights.tensor("model.norm.weight").floats().put(5, Float.NaN);
    try (Generator g = decoder.generator(1, 4)) {
      assertMessage(
          assertThrows(
              IllegalStateException.class,
              () -> g.generate(prompts(1, 1), SAMPLING, SamplingProgress.NONE)),
          "prompt 0, response token 0: the logit of token id 0 is NaN");
    }
  }

  @Test
  void failuresOnTheWayLeaveTheGeneratorWhole() {
    List<Prompt> prompts = prompts(9, 12);
    try (Generator g = decoder.generator(1, 4)) {
      List<GenerationResult> expected = g.generate(prompts, SAMPLING, SamplingProgress.NONE);
      UnsupportedOperationException thrown =
          assertThrows(
              UnsupportedOperationException.class,
              () ->
                  g.generate(
                      prompts,
                      SAMPLING,
                      (c, t) -> {
                        throw new UnsupportedOperationException("from a listener");
                      }));
      assertEquals("from a listener", thrown.getMessage());
      assertEquals(expected, g.generate(prompts, SAMPLING, SamplingProgress.NONE));
    }
  }

  @Test
  void anInterruptedThreadStopsSampling() {
    List<Prompt> prompts = prompts(9, 12);
    try (Generator g = decoder.generator(1, 4)) {
      CancellationException e =
          assertThrows(
              CancellationException.class,
              () -> g.generate(prompts, SAMPLING, (c, t) -> Thread.currentThread().interrupt()));
      assertMessage(e, "responses unfinished");
      assertTrue(Thread.interrupted(), "the thread stays interrupted, for whoever asks next");
      assertEquals(9, g.generate(prompts, SAMPLING, SamplingProgress.NONE).size());
    }
  }

  private List<GenerationResult> generate(
      int maxBatch, List<Prompt> prompts, SamplingOptions sampling) {
    try (Generator g = decoder.generator(1, maxBatch)) {
      return g.generate(prompts, sampling, SamplingProgress.NONE);
    }
  }

  private static List<Prompt> prompts(int count, int seed) {
    Random random = new Random(seed);
    List<Prompt> prompts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      prompts.add(Prompt.of(ids(1 + random.nextInt(CONTEXT - 4), random.nextInt()), i));
    }
    return prompts;
  }

  private static int[] ids(int length, int seed) {
    return new Random(seed).ints(length, 0, VOCABULARY).toArray();
  }

  /** The same tokens, and log-probabilities but for rounding. */
  static void assertClose(List<GenerationResult> expected, List<GenerationResult> actual) {
    assertEquals(expected.size(), actual.size());
    for (int i = 0; i < expected.size(); i++) {
      assertEquals(expected.get(i).tokens(), actual.get(i).tokens(), "answer " + i);
      for (int t = 0; t < expected.get(i).tokens().size(); t++) {
        assertEquals(
            expected.get(i).logProbabilities().get(t),
            actual.get(i).logProbabilities().get(t),
            1e-5);
      }
    }
  }

  private static void assertMessage(Exception e, String part) {
    assertTrue(e.getMessage().contains(part), e.getMessage());
  }
}
