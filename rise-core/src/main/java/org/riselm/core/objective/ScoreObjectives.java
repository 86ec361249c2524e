package org.riselm.core.objective;

import org.riselm.core.objective.PolicyGradient.Baseline;
import org.riselm.core.policy.ScoringPolicy;

/**
 * The two stages of SCoRe (Kumar et al., "Training Language Models to Self-Correct via
 * Reinforcement Learning", arXiv 2409.12917), with its constants. Each is a {@link PolicyGradient}
 * for episodes of two turns; every constant can be changed there.
 *
 * <p>Use with {@code Relabelers.none()}: they weigh the learner's own episodes. Several episodes
 * per problem make the baseline mean something. The paper samples at temperature 1 and discounts by
 * 0.
 */
public final class ScoreObjectives {
  /** β₁, the penalty of all turns. */
  public static final double BETA_1 = 0.01;

  /** β₂, the first stage's penalty of the first turn, as the paper has it for MATH. */
  public static final double BETA_2 = 0.1;

  /** α, the second stage's bonus for a better second turn. */
  public static final double ALPHA = 10;

  private ScoreObjectives() {}

  /**
   * Returns stage I (section 5.1): the reward of the second turn only, while a strict penalty holds
   * the first turn where the base has it, so that the two do not become one.
   *
   * @param learner the policy that is trained
   * @param base what it was at the start; another object
   */
  public static PolicyGradient stageOne(ScoringPolicy learner, ScoringPolicy base) {
    return PolicyGradient.builder(Baseline.LEAVE_ONE_OUT)
        .firstTurnRewarded(false)
        .penalty(KlPenalty.of(BETA_1, learner, base).atFirstTurn(BETA_2))
        .build();
  }

  /**
   * Returns stage II (section 5.2): the rewards of both turns, and a bonus for a second turn that
   * is better than the first.
   *
   * @param learner the policy that is trained
   * @param base what it was at the start; another object
   */
  public static PolicyGradient stageTwo(ScoringPolicy learner, ScoringPolicy base) {
    return PolicyGradient.builder(Baseline.LEAVE_ONE_OUT)
        .progressBonus(ALPHA)
        .penalty(KlPenalty.of(BETA_1, learner, base))
        .build();
  }
}
