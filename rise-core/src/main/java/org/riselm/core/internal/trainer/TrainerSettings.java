package org.riselm.core.internal.trainer;

import java.util.Optional;
import java.util.function.IntFunction;
import java.util.function.IntUnaryOperator;
import java.util.stream.Stream;
import org.riselm.core.IterationPlan;
import org.riselm.core.Phase;
import org.riselm.core.evaluation.EvaluationOptions;
import org.riselm.core.objective.Objective;
import org.riselm.core.policy.TrainablePolicy;
import org.riselm.core.policy.TrainingOptions;
import org.riselm.core.relabel.Relabeler;
import org.riselm.core.relabel.Retention;
import org.riselm.core.rollout.RolloutOptions;
import org.riselm.core.task.ProblemSet;

/** What a trainer's builder collected; each option is documented there. */
public record TrainerSettings(
    Problems problems,
    Method method,
    RolloutOptions rollout,
    IntUnaryOperator turns,
    TrainingOptions training,
    EvaluationOptions evaluation,
    long seed) {

  /** The problems to train on, how many of them an iteration takes, and those to evaluate on. */
  public record Problems(
      ProblemSet training,
      int perIteration,
      Optional<ProblemSet> validation,
      Optional<ProblemSet> evaluation) {}

  /** What makes examples of attempts, and what becomes of earlier ones. */
  public record Method(
      Relabeler relabeler,
      IntFunction<Objective> objectives,
      Retention retention,
      IterationPlan plan) {}

  /**
   * Refuses settings that exclude each other, and objectives that this policy cannot have.
   *
   * @throws IllegalArgumentException saying which, and what to do
   */
  public void requireValidFor(TrainablePolicy policy) {
    Objective first = method.objectives().apply(1);
    if (plan().replay() > 0 && first.onPolicy()) {
      throw new IllegalArgumentException(
          "the plan learns earlier examples again, but the weights of objective %s are valid only for the policy that made them; use IterationPlan.continuing()"
              .formatted(first.description()));
    }
    for (int k = 1; k <= RunFingerprint.ITERATIONS && !policy.samplesExactly(); k++) {
      Objective objective = method.objectives().apply(k);
      if (objective.onPolicy()) {
        throw new IllegalArgumentException(
            "objective %s is valid only for responses that the policy itself gave, and this policy samples from an approximation of itself, as quantizedRollouts has it; use Objectives.rewardWeighted, or sample from the weights that are trained"
                .formatted(objective.description()));
      }
    }
  }

  /** Returns how the iterations build on one another. */
  public IterationPlan plan() {
    return method.plan();
  }

  /** Returns whether iteration {@code k} learns from given examples. */
  public boolean isWarmStart(int k) {
    return k == 1 && !plan().warmStart().isEmpty();
  }

  /** Returns the number of iteration {@code k} among those of the policy's own attempts. */
  private int ownIteration(int k) {
    return plan().warmStart().isEmpty() ? k : k - 1;
  }

  /** Returns how iteration {@code k} unrolls the policy. */
  RolloutOptions rolloutOf(int k) {
    int length = turns.applyAsInt(ownIteration(k));
    if (length < 1) {
      throw new IllegalStateException(
          "the turns of iteration " + k + " are " + length + "; 1 or more");
    }
    return rollout.toBuilder().turns(length).build();
  }

  /** Returns the objective of iteration {@code k}. */
  public Objective objectiveOf(int k) {
    return method.objectives().apply(ownIteration(k));
  }

  /** Returns the problems that {@code phase} evaluates on, if any. */
  public Optional<ProblemSet> problemsOf(Phase phase) {
    return switch (phase) {
      case VALIDATE -> problems.validation();
      case EVALUATE -> problems.evaluation();
      default -> Optional.empty();
    };
  }

  /** Returns the phase whose result scores an iteration, if any does. */
  public Optional<Phase> scoring() {
    return Stream.of(Phase.VALIDATE, Phase.EVALUATE)
        .filter(phase -> problemsOf(phase).isPresent())
        .findFirst();
  }

  /** Returns the phase that completes an iteration. */
  public Phase lastPhase() {
    return Stream.of(Phase.EVALUATE, Phase.VALIDATE)
        .filter(phase -> problemsOf(phase).isPresent())
        .findFirst()
        .orElse(Phase.TRAIN);
  }
}
