package org.riselm.core;

import org.riselm.core.mdp.Feedback;
import org.riselm.core.objective.Objectives;
import org.riselm.core.policy.TrainablePolicy;
import org.riselm.core.relabel.Relabelers;
import org.riselm.core.relabel.Retention;
import org.riselm.core.task.ProblemSet;

/**
 * The methods that RISE is compared with (section 5), on the same interfaces. The majority vote
 * over parallel first responses needs nothing here: every evaluation has it, as m<i>K</i>@t1.
 */
public final class Baselines {
  private static final int CAP = 10;

  private Baselines() {}

  /**
   * Starts supervised fine-tuning on the problems' references: one iteration, on first turns only.
   *
   * <p>References are learned as they are, so {@code problems} must have whole solutions.
   *
   * @param policy the policy to train; it stays open
   * @param problems the problems to train on, with references to learn
   * @return a builder of the trainer
   */
  public static RiseTrainerBuilder supervised(TrainablePolicy policy, ProblemSet problems) {
    return RiseTrainer.builder(policy, problems)
        .plan(IterationPlan.builder().warmStart(SupervisedExamples.references(problems)).build());
  }

  /**
   * Starts rejection-sampling fine-tuning: each iteration samples {@code samples} first responses
   * per problem and restarts from the base on the correct ones, each once, at most 10 per problem
   * (ReST-EM, arXiv 2312.06585; STaR, arXiv 2203.14465, without rationalization).
   *
   * @param policy the policy to train; it stays open
   * @param problems the problems to train on
   * @param samples at least 1
   * @return a builder of the trainer
   */
  public static RiseTrainerBuilder rejectionSampling(
      TrainablePolicy policy, ProblemSet problems, int samples) {
    return RiseTrainer.builder(policy, problems)
        .turns(1)
        .episodesPerProblem(samples)
        .relabeler(Relabelers.none())
        .retention(
            Retention.correct()
                .then(Retention.withoutDuplicates())
                .then(Retention.atMostPerProblem(CAP)))
        .objective(Objectives.uniform())
        .plan(IterationPlan.restarting().toBuilder().replay(0).build());
  }

  /**
   * {@return the feedback of Self-Refine by prompting alone (Madaan et al., arXiv 2303.17651, as
   * RISE and SCoRe run it), to evaluate an untrained policy with: it is told that there may be a
   * mistake, and not whether there is one} A critique in the policy's own words is {@code Critic}.
   */
  public static Feedback selfRefine() {
    return Feedback.neutral(
        "There may be a mistake above. Look for it, and write the solution again without it.");
  }
}
