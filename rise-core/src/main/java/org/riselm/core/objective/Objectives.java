package org.riselm.core.objective;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.riselm.core.mdp.Example;
import org.riselm.core.mdp.Response;
import org.riselm.core.mdp.Response.FinishReason;
import org.riselm.core.mdp.Reward;
import org.riselm.core.objective.PolicyGradient.Baseline;
import org.riselm.core.policy.ScoringPolicy;
import org.riselm.core.relabel.RelabeledAttempt;

/**
 * The objectives of RISE, which imitate targets: reward-weighted regression (RISE, equation 3.6),
 * centered or not, and plain imitation. They compare weights of examples only with one another:
 * their common scale changes nothing. The stages of SCoRe, which follow the gradient of the reward,
 * are {@link PolicyGradient}s.
 */
public final class Objectives {
  /** The temperature τ of the released code. */
  public static final double DEFAULT_TAU = 0.4;

  /** β₁ of SCoRe: the penalty of all turns. */
  public static final double SCORE_BETA_1 = 0.01;

  /** β₂ of SCoRe: the first stage's penalty of the first turn, as the paper has it for MATH. */
  public static final double SCORE_BETA_2 = 0.1;

  /** α of SCoRe: the second stage's bonus for a better second turn. */
  public static final double SCORE_ALPHA = 10;

  // Keeps one reward of an odd scale from making a weight infinite: e^20 is 5e8.
  private static final double MAX_EXPONENT = 20;

  private Objectives() {}

  /**
   * {@return the objective w = exp((r − r̄) / τ), where r is the target's reward and r̄ the mean
   * reward of the learner's own attempts at the problem, over all its turns and episodes of the
   * iteration}
   *
   * <p>The paper centers "around the mean value averaged across all attempts on a given prompt"
   * (section 3.2); the released code does not. Centering keeps easy problems, where reward comes
   * cheap, from drowning the hard ones. A problem whose targets and attempts all have the same
   * reward weighs 1. Exponents are held within ±20.
   *
   * @param tau above 0; smaller is greedier
   */
  public static Objective rewardWeighted(double tau) {
    checkTau(tau);
    return Objective.named(
        "reward-weighted, centered per problem, tau " + tau,
        relabeled -> {
          Map<String, Double> baselines =
              meanByProblem(relabeled, r -> r.attempt().turn().reward());
          return weigh(relabeled, r -> exp((r.target().reward() - baseline(baselines, r)) / tau));
        });
  }

  /**
   * {@return the objective w = exp(r / τ) − m, where m is the mean of exp(r / τ) over the learner's
   * own attempts at the problem: the paper's sentence on centering (section 3.2) taken by the
   * letter} Targets no better than the attempts weigh 0 or less; a negative weight makes the
   * response less likely. Exponents are held within ±20.
   *
   * @param tau above 0
   */
  public static Objective centeredExponentials(double tau) {
    checkTau(tau);
    return Objective.named(
        "reward-weighted, exponentials centered per problem, tau " + tau,
        relabeled -> {
          Map<String, Double> baselines =
              meanByProblem(relabeled, r -> exp(r.attempt().turn().reward() / tau));
          return weigh(relabeled, r -> exp(r.target().reward() / tau) - baseline(baselines, r));
        });
  }

  /**
   * {@return the objective w = exp(r / τ): equation 3.6 as it stands, and as in the released code}
   *
   * @param tau the temperature τ; above 0
   */
  public static Objective uncentered(double tau) {
    checkTau(tau);
    return Objective.named(
        "reward-weighted, uncentered, tau " + tau,
        relabeled -> weigh(relabeled, r -> exp(r.target().reward() / tau)));
  }

  /** {@return the objective w = 1: imitation of every target} */
  public static Objective uniform() {
    return Objective.named("uniform", relabeled -> weigh(relabeled, r -> 1));
  }

  /**
   * {@return the objective w = 1 for correct targets; the others are skipped} The ablation of RISE
   * that drops failures, and what rejection sampling learns (STaR, arXiv 2203.14465; ReST-EM, arXiv
   * 2312.06585).
   */
  public static Objective correctOnly() {
    return Objective.named(
        "correct only",
        relabeled -> {
          WeightedExamples right =
              weigh(
                  relabeled.stream().filter(r -> Reward.isCorrect(r.target().reward())).toList(),
                  r -> 1);
          return new WeightedExamples(right.examples(), relabeled.size() - right.examples().size());
        });
  }

  /**
   * {@return stage I of SCoRe (Kumar et al., "Training Language Models to Self-Correct via
   * Reinforcement Learning", arXiv 2409.12917, section 5.1), for episodes of two turns: the reward
   * of the second turn only, while a strict penalty holds the first turn where the base has it, so
   * that the two do not become one} Use with {@code Relabelers.none()} and several episodes per
   * problem; the paper samples at temperature 1.
   *
   * @param learner the policy that is trained
   * @param base what it was at the start; another object
   */
  public static PolicyGradient scoreStageOne(ScoringPolicy learner, ScoringPolicy base) {
    return PolicyGradient.builder(Baseline.LEAVE_ONE_OUT)
        .firstTurnRewarded(false)
        .penalty(KlPenalty.of(SCORE_BETA_1, learner, base).atFirstTurn(SCORE_BETA_2))
        .build();
  }

  /**
   * {@return stage II of SCoRe (section 5.2), for episodes of two turns: the rewards of both turns,
   * and a bonus for a second turn that is better than the first}
   *
   * @param learner the policy that is trained
   * @param base what it was at the start; another object
   */
  public static PolicyGradient scoreStageTwo(ScoringPolicy learner, ScoringPolicy base) {
    return PolicyGradient.builder(Baseline.LEAVE_ONE_OUT)
        .progressBonus(SCORE_ALPHA)
        .penalty(KlPenalty.of(SCORE_BETA_1, learner, base))
        .build();
  }

  /**
   * {@return {@code objective}, with every weight moved into {@code least}..{@code most}}
   *
   * @param objective the objective to change
   * @param least the smallest weight
   * @param most the largest weight
   */
  public static Objective clipped(Objective objective, double least, double most) {
    if (!(least < most)) {
      throw new IllegalArgumentException(
          "weights cannot be clipped to %s..%s; the first must be below the second"
              .formatted(least, most));
    }
    return Objective.named(
        "%s, clipped to %s..%s".formatted(objective.description(), least, most),
        relabeled -> WeightTransforms.each(objective.weigh(relabeled), w -> clip(w, least, most)));
  }

  /**
   * {@return {@code objective}, with weights scaled so that their absolute values sum to the number
   * of examples} Matters to an objective whose scale counts; the others only get readable numbers.
   *
   * @param objective the objective to change
   */
  public static Objective normalized(Objective objective) {
    return Objective.named(
        objective.description() + ", normalized",
        relabeled -> WeightTransforms.toMeanOne(objective.weigh(relabeled)));
  }

  private static Map<String, Double> meanByProblem(
      List<RelabeledAttempt> relabeled, ToDoubleFunction<RelabeledAttempt> value) {
    Map<String, List<Double>> values = new HashMap<>();
    for (RelabeledAttempt r : relabeled) {
      values.computeIfAbsent(id(r), k -> new ArrayList<>()).add(value.applyAsDouble(r));
    }
    return values.entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, e -> StableMean.of(e.getValue())));
  }

  private static WeightedExamples weigh(
      List<RelabeledAttempt> relabeled, ToDoubleFunction<RelabeledAttempt> weight) {
    List<Example> examples = new ArrayList<>(relabeled.size());
    for (RelabeledAttempt r : relabeled) {
      if (teaches(r.target().response())) {
        examples.add(
            new Example(r.attempt().state(), r.target().response(), weight.applyAsDouble(r)));
      }
    }
    return new WeightedExamples(examples, relabeled.size() - examples.size());
  }

  /** Returns whether {@code response} did not fail and is not empty. */
  static boolean teaches(Response response) {
    return response.finish() != FinishReason.FAILED
        && !(response.text().isEmpty() && response.tokens().isEmpty());
  }

  private static double exp(double exponent) {
    return Math.exp(clip(exponent, -MAX_EXPONENT, MAX_EXPONENT));
  }

  private static double clip(double value, double least, double most) {
    return Math.max(least, Math.min(most, value));
  }

  private static double baseline(Map<String, Double> baselines, RelabeledAttempt r) {
    return requireNonNull(baselines.get(id(r)));
  }

  private static String id(RelabeledAttempt r) {
    return r.attempt().state().problem().id();
  }

  private static void checkTau(double tau) {
    if (!(tau > 0) || Double.isInfinite(tau)) {
      throw new IllegalArgumentException("tau is " + tau + "; above 0, finite");
    }
  }
}
