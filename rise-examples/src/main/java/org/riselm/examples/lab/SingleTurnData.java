package org.riselm.examples.lab;

import com.google.common.base.Splitter;
import com.google.common.collect.Iterables;
import java.util.ArrayList;
import java.util.List;
import org.riselm.core.mdp.Example;
import org.riselm.core.mdp.Problem;
import org.riselm.core.mdp.Response;
import org.riselm.core.mdp.State;
import org.riselm.examples.lab.toy.Exercise;

/**
 * First turns with their true answers: what a control learns instead of revisions.
 *
 * @param examples each to be learned once
 * @param steps optimizer steps that takes
 */
record SingleTurnData(List<Example> examples, int steps) {
  // <user>, <asst> and <eos>.
  private static final int MARKUP_TOKENS = 3;

  SingleTurnData {
    examples = List.copyOf(examples);
  }

  /** Fresh examples of {@code tokens} tokens in all, rounded up to whole batches. */
  static SingleTurnData of(Exercise exercise, long seed, long tokens, int batchSize) {
    List<Example> examples = new ArrayList<>();
    // No example is shorter than ten tokens.
    List<Problem> problems = exercise.train(seed, (int) (tokens / 10) + batchSize);
    long taken = 0;
    for (Problem problem : problems) {
      if (taken >= tokens && examples.size() % batchSize == 0) {
        break;
      }
      taken += words(problem.prompt()) + words(problem.reference()) + MARKUP_TOKENS;
      examples.add(
          new Example(
              State.initial(problem), Response.ofText(problem.reference()), /* weight= */ 1));
    }
    return new SingleTurnData(examples, examples.size() / batchSize);
  }

  // A word is a token here.
  private static int words(String text) {
    return Iterables.size(Splitter.on(' ').split(text));
  }
}
