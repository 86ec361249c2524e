package org.riselm.core;

import java.util.Optional;
import java.util.function.IntUnaryOperator;
import org.riselm.core.evaluation.EvaluationOptions;
import org.riselm.core.mdp.Feedback;
import org.riselm.core.mdp.HistoryWindow;
import org.riselm.core.objective.Objective;
import org.riselm.core.policy.Sampling;
import org.riselm.core.policy.TrainablePolicy;
import org.riselm.core.policy.Training;
import org.riselm.core.relabel.Relabeler;
import org.riselm.core.task.ProblemSet;

/** What a {@link RiseTrainerBuilder} collected; each option is described there. */
record RiseOptions(
    TrainablePolicy policy,
    ProblemSet problems,
    Relabeler relabeler,
    Objective objective,
    Feedback feedback,
    HistoryWindow historyWindow,
    IntUnaryOperator turns,
    boolean stopAtSuccess,
    int problemsPerIteration,
    int episodesPerProblem,
    Sampling sampling,
    Training training,
    Optional<ProblemSet> evaluationProblems,
    EvaluationOptions evaluation,
    long seed) {

  /** These, with another policy. */
  RiseOptions with(TrainablePolicy policy) {
    return new RiseOptions(
        policy,
        problems,
        relabeler,
        objective,
        feedback,
        historyWindow,
        turns,
        stopAtSuccess,
        problemsPerIteration,
        episodesPerProblem,
        sampling,
        training,
        evaluationProblems,
        evaluation,
        seed);
  }

  /** The turns of iteration {@code k}. */
  int turnsIn(int k) {
    int turns = this.turns.applyAsInt(k);
    if (turns < 1) {
      throw new IllegalStateException(
          "the turns of iteration " + k + " are " + turns + "; 1 or more");
    }
    return turns;
  }
}
