package org.riselm.onnx.internal.generate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.primitives.ImmutableIntArray;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.riselm.core.policy.SamplingOptions;
import org.riselm.onnx.internal.runtime.NativeMemory;

/** Calls of many prompts, which run in a batch for each thread. */
class DecodeWorkersTest {
  private static final int VOCABULARY = 40;
  private static final int CONTEXT = 96;
  private static final int STOP = 3;
  private static final SamplingOptions SAMPLING =
      SamplingOptions.ofMaxNewTokens(24).toBuilder().logProbabilities(true).build();

  private final TestDecoder decoder = TestDecoder.of(VOCABULARY, CONTEXT, 2);
  private final long openBefore = NativeMemory.openObjects();
  private final long bytesBefore = NativeMemory.openBytes();

  @AfterEach
  void everythingIsClosed() {
    assertFalse(Thread.interrupted(), "a test left its thread interrupted");
    assertEquals(openBefore, NativeMemory.openObjects());
    assertEquals(bytesBefore, NativeMemory.openBytes());
    decoder.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 4})
  void theAnswersAreThoseOfOneBatch(int threads) {
    List<Prompt> prompts = prompts(70);
    try (Generator alone = decoder.generator(1, 64, STOP);
        Generator together = decoder.generator(threads, 64, STOP)) {
      List<GenerationResult> expected = generate(alone, prompts);
      List<GenerationResult> found = generate(together, prompts);
      GeneratorTest.assertClose(expected, found);
      // Few prompts in between run in one batch.
      List<Prompt> few = prompts.subList(0, 5);
      GeneratorTest.assertClose(expected.subList(0, 5), generate(together, few));
      assertEquals(found, generate(together, prompts), "the same call, the same bytes");
    }
  }

  @Test
  void answersAreDealtEvenlyAndEqualPromptsStayTogether() {
    List<Sequence> answers = new ArrayList<>();
    for (int i = 0; i < 3 * 8; i++) {
      Prompt prompt = Prompt.of(new int[] {1, 2 + i % 3}, i);
      answers.add(new Sequence(i, prompt, 5, false));
    }
    List<List<Sequence>> dealt = PromptPartitioner.among(2, answers);
    assertEquals(List.of(12, 12), dealt.stream().map(List::size).toList());
    long groups =
        dealt.stream().mapToLong(l -> l.stream().map(Sequence::promptIds).distinct().count()).sum();
    assertEquals(4, groups, "one of three prompts is in both lanes");
    assertEquals(24, dealt.stream().flatMap(List::stream).distinct().count());
    for (int lanes = 1; lanes < 6; lanes++) {
      for (List<Sequence> lane : PromptPartitioner.among(lanes, answers.subList(0, 13))) {
        int rest = lane.size() - 13 / lanes;
        assertTrue(rest == 0 || rest == 1, lanes + " lanes, one has " + lane.size());
      }
    }
  }

  @Test
  void progressAddsUpOnTheCallingThread() {
    Thread caller = Thread.currentThread();
    AtomicInteger completions = new AtomicInteger();
    AtomicLong tokens = new AtomicLong();
    AtomicInteger calls = new AtomicInteger();
    List<GenerationResult> answers;
    try (Generator g = decoder.generator(2, 16, STOP)) {
      answers =
          g.generate(
              prompts(50),
              SAMPLING,
              (c, t) -> {
                assertSame(caller, Thread.currentThread());
                completions.addAndGet(c);
                tokens.addAndGet(t);
                calls.incrementAndGet();
              });
    }
    assertEquals(50, completions.get());
    assertEquals(answers.stream().mapToLong(a -> a.tokens().size()).sum(), tokens.get());
    assertTrue(calls.get() > 3, "told as they come, not at the end");
  }

  @Test
  void anInterruptedThreadStopsAllLanes() {
    List<Prompt> prompts = prompts(50);
    try (Generator g = decoder.generator(2, 16)) {
      List<GenerationResult> expected = generate(g, prompts);
      CancellationException e =
          assertThrows(
              CancellationException.class,
              () -> g.generate(prompts, SAMPLING, (c, t) -> Thread.currentThread().interrupt()));
      assertTrue(e.getMessage().contains("responses unfinished"), e.getMessage());
      assertTrue(Thread.interrupted(), "the thread stays interrupted, for whoever asks next");
      assertEquals(expected, generate(g, prompts));
    }
  }

  @Test
  void whatAListenerThrowsStopsAllLanes() {
    List<Prompt> prompts = prompts(50);
    UnsupportedOperationException own = new UnsupportedOperationException("from a listener");
    try (Generator g = decoder.generator(2, 16)) {
      List<GenerationResult> expected = generate(g, prompts);
      assertSame(
          own,
          assertThrows(
              UnsupportedOperationException.class,
              () ->
                  g.generate(
                      prompts,
                      SAMPLING,
                      (c, t) -> {
                        throw own;
                      })));
      assertEquals(expected, generate(g, prompts));
    }
  }

  @Test
  void aLaneThatFailsStopsTheOthersAndIsHeard() {
    // Of one prompt only, so that it is one lane that fails.
    int poison = VOCABULARY - 1;
    decoder
        .weights
        .tensor("model.embed_tokens.weight")
        .floats()
        .put(poison * decoder.config.hiddenSize(), Float.NaN);
    List<Prompt> prompts = new ArrayList<>();
    for (int i = 0; i < 32; i++) {
      prompts.add(Prompt.of(new int[] {1, 2, i == 20 ? poison : 4}, i));
    }
    try (Generator g = decoder.generator(2, 32)) {
      IllegalStateException e =
          assertThrows(IllegalStateException.class, () -> generate(g, prompts));
      assertTrue(e.getMessage().contains("response token 0"), e.getMessage());
    }
  }

  @Test
  void lanesGoOnFromWhatAnyOfThemComputed() {
    List<Prompt> prompts = prompts(40);
    try (TestDecoder milder = TestDecoder.of(VOCABULARY, 160, 2, 2);
        Generator whole = milder.generator(1, 64);
        Generator reusing = milder.generatorWithPrefixes(2, 32, 1 << 24)) {
      generate(reusing, prompts);
      List<Prompt> next = new ArrayList<>();
      for (Prompt p : prompts) {
        int[] more = {5, 6, 7};
        next.add(
            new Prompt(ImmutableIntArray.builder().addAll(p.ids()).addAll(more).build(), p.seed()));
      }
      GeneratorTest.assertClose(generate(whole, next), generate(reusing, next));
      assertTrue(reusing.reusedTokens() > 500, reusing.reusedTokens() + " tokens");
    }
  }

  private static List<GenerationResult> generate(Generator g, List<Prompt> prompts) {
    return g.generate(prompts, SAMPLING, SamplingProgress.NONE);
  }

  // Of different lengths; some twice.
  private static List<Prompt> prompts(int count) {
    Random random = new Random(4);
    List<Prompt> prompts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int[] ids = random.ints(1 + random.nextInt(60), 0, VOCABULARY).toArray();
      prompts.add(i % 5 == 4 ? new Prompt(prompts.get(i - 1).ids(), i) : Prompt.of(ids, i));
    }
    return prompts;
  }
}
