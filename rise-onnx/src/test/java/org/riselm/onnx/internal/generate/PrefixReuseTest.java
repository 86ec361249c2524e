package org.riselm.onnx.internal.generate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.primitives.ImmutableIntArray;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.riselm.core.policy.SamplingOptions;
import org.riselm.onnx.internal.runtime.NativeMemory;
import org.riselm.onnx.model.Rope;

/** Turns of conversations that go on from what was computed for the turn before. */
class PrefixReuseTest {
  private static final int VOCABULARY = 40;
  private static final long PLENTY = 1 << 24;
  private static final int ANSWER = 12;

  private final TestDecoder decoder = TestDecoder.of(VOCABULARY, 160, 2, 2);
  private final long openBefore = NativeMemory.openObjects();
  private final Random random = new Random(5);

  @AfterEach
  void everythingIsClosed() {
    assertEquals(openBefore, NativeMemory.openObjects());
    decoder.close();
  }

  @Test
  void theNextTurnGoesOnFromTheLastOneAndSaysTheSame() {
    try (Generator whole = decoder.generator(1, 4);
        Generator reusing = decoder.generatorWithPrefixes(4, PLENTY)) {
      List<Prompt> turn = questions(9);
      long expectedReuse = 0;
      for (int t = 0; t < 3; t++) {
        List<GenerationResult> expected = generate(whole, turn);
        GeneratorTest.assertClose(expected, generate(reusing, turn));
        assertEquals(expectedReuse, reusing.reusedTokens(), "turn " + t);
        List<Prompt> next = new ArrayList<>();
        for (int i = 0; i < turn.size(); i++) {
          next.add(followed(turn.get(i), expected.get(i)));
          // All of prompt and answer but for the last token, which was drawn and not run.
          expectedReuse += turn.get(i).ids().length() + ANSWER - 1;
        }
        turn = next;
      }
      assertEquals(0, whole.reusedTokens());
    }
  }

  @Test
  void samplesOfOneStateShareWhatIsLeftToRun() {
    try (Generator whole = decoder.generator(1, 8);
        Generator reusing = decoder.generatorWithPrefixes(8, PLENTY)) {
      Prompt question = questions(1).get(0);
      Prompt state = followed(question, generate(reusing, List.of(question)).get(0));
      List<Prompt> samples = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        samples.add(new Prompt(state.ids(), i));
      }
      GeneratorTest.assertClose(generate(whole, samples), generate(reusing, samples));
      // 8, and 6 and 6: each time the prompt is run, once.
      assertTrue(reusing.reusedTokens() > 0);
      // The same prompt again: all but its last token is there.
      long before = reusing.reusedTokens();
      generate(reusing, List.of(state));
      assertEquals(state.ids().length() - 1, reusing.reusedTokens() - before);
    }
  }

  @Test
  void aPromptThatLeavesTheOldOnGoesOnFromWhereTheyPart() {
    try (Generator whole = decoder.generator(1, 4);
        Generator reusing = decoder.generatorWithPrefixes(4, PLENTY)) {
      Prompt question = questions(1).get(0);
      generate(reusing, List.of(question));
      int[] ids = question.ids().toArray();
      ids[20] = (ids[20] + 1) % VOCABULARY;
      List<Prompt> other = List.of(Prompt.of(ids, 3));
      GeneratorTest.assertClose(generate(whole, other), generate(reusing, other));
      assertEquals(20, reusing.reusedTokens());
      ids[PrefixCache.LEAST_TOKENS - 1] = (ids[PrefixCache.LEAST_TOKENS - 1] + 1) % VOCABULARY;
      generate(reusing, List.of(Prompt.of(ids, 3)));
      assertEquals(20, reusing.reusedTokens(), "15 tokens are not worth it");
    }
  }

  /** Beyond its original context LongRoPE turns a prompt's first keys otherwise, too. */
  @Test
  void nothingIsReusedWhereALongerPromptTurnsItsKeysOtherwise() {
    int original = 48;
    List<Double> within = Collections.nCopies(8, 1.0);
    List<Double> beyond = List.of(1.0, 1.5, 2.0, 3.0, 5.0, 8.0, 12.0, 20.0);
    Rope rope = new Rope(10_000, new Rope.LongRope(within, beyond, original, 1));
    try (TestDecoder longRope =
            new TestDecoder(TestDecoder.config(VOCABULARY, 160, 2).rope(rope).build(), 2);
        Generator whole = longRope.generator(1, 4);
        Generator reusing = longRope.generatorWithPrefixes(4, PLENTY)) {
      for (int length : new int[] {20, original - 1, original + 20}) {
        List<Prompt> turn = questions(3, length);
        for (int t = 0; t < 3; t++) {
          List<GenerationResult> expected = generate(whole, turn);
          GeneratorTest.assertClose(expected, generate(reusing, turn));
          List<Prompt> next = new ArrayList<>();
          for (int i = 0; i < turn.size(); i++) {
            next.add(followed(turn.get(i), expected.get(i)));
          }
          turn = next;
        }
      }
      assertTrue(reusing.reusedTokens() > 0);
    }
  }

  @Test
  void memoryIsBoundedAndTheOldestGoesFirst() {
    long perToken = 2L * 2 * 2 * 16 * Float.BYTES; // keys and values, layers, heads, head size
    long room = 2 * perToken * (30 + ANSWER - 1);
    try (Generator g = decoder.generatorWithPrefixes(1, room)) {
      List<Prompt> questions = questions(3, 30);
      generate(g, questions.subList(0, 1));
      generate(g, questions.subList(1, 2));
      long bytes = NativeMemory.openBytes();
      List<GenerationResult> first = generate(g, questions.subList(0, 1)); // now used last
      assertEquals(29, g.reusedTokens());
      generate(g, questions.subList(2, 3)); // takes the second one's place
      assertEquals(bytes, NativeMemory.openBytes());
      generate(g, questions.subList(1, 2));
      assertEquals(29, g.reusedTokens(), "the second question's was dropped");
      assertFalse(first.isEmpty());
    }
  }

  private static List<GenerationResult> generate(Generator g, List<Prompt> prompts) {
    return g.generate(
        prompts,
        SamplingOptions.ofMaxNewTokens(ANSWER).toBuilder().logProbabilities(true).build(),
        SamplingProgress.NONE);
  }

  private List<Prompt> questions(int count) {
    return questions(count, 0);
  }

  // Of this length, or of 20 to 39 tokens.
  private List<Prompt> questions(int count, int length) {
    List<Prompt> prompts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int tokens = length > 0 ? length : 21 + random.nextInt(19);
      prompts.add(Prompt.of(random.ints(tokens, 0, VOCABULARY).toArray(), i));
    }
    return prompts;
  }

  private Prompt followed(Prompt prompt, GenerationResult answer) {
    ImmutableIntArray ids =
        ImmutableIntArray.builder()
            .addAll(prompt.ids())
            .addAll(ImmutableIntArray.copyOf(answer.tokens().toArray()))
            .addAll(random.ints(1 + random.nextInt(9), 0, VOCABULARY).toArray())
            .build();
    return new Prompt(ids, prompt.seed() + 100);
  }
}
