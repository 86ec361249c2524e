package org.riselm.core;

import java.util.List;
import org.riselm.core.mdp.Example;
import org.riselm.core.mdp.HistoryWindow;
import org.riselm.core.mdp.Response;
import org.riselm.core.mdp.State;
import org.riselm.core.objective.Objective;
import org.riselm.core.objective.Objectives;
import org.riselm.core.policy.Policy;
import org.riselm.core.policy.ProgressListener;
import org.riselm.core.relabel.Attempt;
import org.riselm.core.relabel.RelabeledAttempt;
import org.riselm.core.relabel.Target;
import org.riselm.core.rollout.EpisodeCollector;
import org.riselm.core.rollout.RolloutOptions;
import org.riselm.core.task.ProblemSet;

/**
 * Makes examples that need no attempts of the learner: for a warm start, for mixing in and for
 * baselines.
 */
public final class SupervisedExamples {
  private SupervisedExamples() {}

  /**
   * {@return first turns with the problems' own reference solutions, each of weight 1}
   *
   * @param problems problems with references to learn
   */
  public static List<Example> references(ProblemSet problems) {
    return problems.problems().stream()
        .map(p -> new Example(State.initial(p), Response.ofText(p.reference()), 1))
        .toList();
  }

  /**
   * {@return the correct turns of a more capable policy's rollouts: the paper's knowledge boosting
   * (section 5; it does not say how many turns)}
   *
   * @param demonstrator responds in the learner's place; its responses are taken as text, because
   *     its token ids may be of another vocabulary
   * @param problems the problems to sample
   * @param options how it is unrolled
   * @param seed of its draws
   */
  public static List<Example> rollouts(
      Policy demonstrator, ProblemSet problems, RolloutOptions options, long seed) {
    HistoryWindow window = options.historyWindow();
    List<RelabeledAttempt> shown =
        Attempt.in(
                new EpisodeCollector(options)
                    .collect(
                        demonstrator,
                        problems.problems(),
                        seed,
                        /* iteration= */ 0,
                        ProgressListener.NONE),
                window)
            .stream()
            .map(a -> new RelabeledAttempt(a, asText(a)))
            .toList();
    Objective rightOnly = Objectives.correctOnly();
    return rightOnly.weigh(shown).examples();
  }

  private static Target asText(Attempt attempt) {
    return new Target(
        Response.ofText(attempt.turn().response().text()), attempt.turn().reward(), "shown");
  }
}
