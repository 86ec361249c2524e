package org.riselm.examples.lab.bench;

import com.google.common.primitives.ImmutableIntArray;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.LongSupplier;
import org.riselm.core.policy.SamplingOptions;
import org.riselm.onnx.internal.generate.GenerationResult;
import org.riselm.onnx.internal.generate.Prompt;

/** Conversations of several turns, each turn's prompt the last one's with its answer and more. */
final class Conversations {
  static final int TURNS = 3;
  static final int FEEDBACK = 32;

  private final int vocabulary;
  private final SplittableRandom random = new SplittableRandom(7);

  Conversations(Shape shape) {
    this.vocabulary = shape.config().vocabularySize();
  }

  /**
   * Fresh conversations in every round, by one that goes on from turn to turn and one that does
   * not.
   */
  Map<String, LongSupplier> compared(
      Sampled reusing, Sampled whole, int count, int prompt, SamplingOptions sampling) {
    Map<String, LongSupplier> ways = new LinkedHashMap<>();
    ways.put("reusing", () -> run(reusing, count, prompt, sampling));
    ways.put("whole", () -> run(whole, count, prompt, sampling));
    return ways;
  }

  private long run(Sampled sampled, int count, int length, SamplingOptions sampling) {
    List<Prompt> prompts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      prompts.add(Prompt.of(tokens(length), i));
    }
    long made = 0;
    for (int turn = 0; turn < TURNS; turn++) {
      List<GenerationResult> answers = sampled.answers(prompts, sampling);
      for (int i = 0; i < count; i++) {
        ImmutableIntArray answer = ImmutableIntArray.copyOf(answers.get(i).tokens().toArray());
        made += answer.length();
        ImmutableIntArray next =
            ImmutableIntArray.builder()
                .addAll(prompts.get(i).ids())
                .addAll(answer)
                .addAll(tokens(FEEDBACK))
                .build();
        prompts.set(i, new Prompt(next, i));
      }
    }
    return made;
  }

  private int[] tokens(int count) {
    return random.ints(count, 0, vocabulary).toArray();
  }
}
