package org.riselm.core.internal.trainer;

import java.util.Optional;
import java.util.function.IntFunction;
import java.util.function.IntUnaryOperator;
import java.util.stream.Stream;
import org.riselm.core.IterationPlan;
import org.riselm.core.Phase;
import org.riselm.core.RiseTrainerBuilder;
import org.riselm.core.evaluation.EvaluationOptions;
import org.riselm.core.internal.rollout.Deadline;
import org.riselm.core.mdp.Feedback;
import org.riselm.core.mdp.HistoryWindow;
import org.riselm.core.objective.Objective;
import org.riselm.core.policy.SamplingOptions;
import org.riselm.core.policy.TrainablePolicy;
import org.riselm.core.policy.TrainingOptions;
import org.riselm.core.relabel.Relabeler;
import org.riselm.core.relabel.Retention;
import org.riselm.core.task.ProblemSet;

/** What a {@link RiseTrainerBuilder} collected; each option is described there. */
public record TrainerSettings(
    TrainablePolicy policy,
    ProblemSet problems,
    Relabeler relabeler,
    IntFunction<Objective> objective,
    Retention retention,
    IterationPlan plan,
    Feedback feedback,
    HistoryWindow historyWindow,
    IntUnaryOperator turns,
    boolean stopWhenCorrect,
    int problemsPerIteration,
    int episodesPerProblem,
    SamplingOptions sampling,
    TrainingOptions training,
    Optional<ProblemSet> validationProblems,
    Optional<ProblemSet> evaluationProblems,
    EvaluationOptions evaluation,
    long seed,
    Deadline deadline) {

  /** These, with another policy. */
  public TrainerSettings with(TrainablePolicy policy) {
    return new TrainerSettings(
        policy,
        problems,
        relabeler,
        objective,
        retention,
        plan,
        feedback,
        historyWindow,
        turns,
        stopWhenCorrect,
        problemsPerIteration,
        episodesPerProblem,
        sampling,
        training,
        validationProblems,
        evaluationProblems,
        evaluation,
        seed,
        deadline);
  }

  /** These, whose verifiers and feedback have the deadline. */
  public TrainerSettings guarded() {
    return new TrainerSettings(
        policy,
        guarded(problems),
        relabeler,
        objective,
        retention,
        plan,
        deadline.around(feedback),
        historyWindow,
        turns,
        stopWhenCorrect,
        problemsPerIteration,
        episodesPerProblem,
        sampling,
        training,
        validationProblems.map(this::guarded),
        evaluationProblems.map(this::guarded),
        evaluation.toBuilder().feedback(deadline.around(evaluation.feedback())).build(),
        seed,
        deadline);
  }

  private ProblemSet guarded(ProblemSet set) {
    return new ProblemSet(set.name(), set.problems(), deadline.around(set.verifier()));
  }

  /** The turns of iteration {@code k}. */
  int turnsIn(int k) {
    int turns = this.turns.applyAsInt(plan.ownIteration(k));
    if (turns < 1) {
      throw new IllegalStateException(
          "the turns of iteration " + k + " are " + turns + "; 1 or more");
    }
    return turns;
  }

  /** The objective of iteration {@code k}. */
  public Objective objectiveOf(int k) {
    return objective.apply(plan.ownIteration(k));
  }

  /** The problems that {@code phase} evaluates on, if any. */
  public Optional<ProblemSet> problemsOf(Phase phase) {
    return switch (phase) {
      case VALIDATE -> validationProblems;
      case EVALUATE -> evaluationProblems;
      default -> Optional.empty();
    };
  }

  /** The phase whose result scores an iteration, if any does. */
  public Optional<Phase> scoring() {
    return Stream.of(Phase.VALIDATE, Phase.EVALUATE)
        .filter(phase -> problemsOf(phase).isPresent())
        .findFirst();
  }

  /** The phase that completes an iteration. */
  public Phase lastPhase() {
    return Stream.of(Phase.EVALUATE, Phase.VALIDATE)
        .filter(phase -> problemsOf(phase).isPresent())
        .findFirst()
        .orElse(Phase.TRAIN);
  }
}
