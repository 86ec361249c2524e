package org.riselm.core.objective;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import org.riselm.core.mdp.Example;
import org.riselm.core.policy.LogProbabilities;
import org.riselm.core.policy.ScoringPolicy;

/**
 * What a policy pays for leaving a reference policy: every token it sampled costs β · (ln π − ln
 * π_ref), whose mean over the policy's own samples is β times the Kullback–Leibler divergence. The
 * cost is a part of the reward; nothing is differentiated through it.
 */
public final class KlPenalty {
  private final ScoringPolicy learner;
  private final ScoringPolicy reference;
  private final double firstTurn;
  private final double laterTurns;

  private KlPenalty(
      ScoringPolicy learner, ScoringPolicy reference, double firstTurn, double laterTurns) {
    this.learner = requireNonNull(learner, "learner");
    this.reference = requireNonNull(reference, "reference");
    this.firstTurn = firstTurn;
    this.laterTurns = laterTurns;
    if (!(firstTurn >= 0 && laterTurns >= 0)
        || Double.isInfinite(firstTurn)
        || Double.isInfinite(laterTurns)) {
      throw new IllegalArgumentException(
          "a KL penalty's β is %s at the first turn and %s later; 0 or more each, finite"
              .formatted(firstTurn, laterTurns));
    }
  }

  /**
   * {@return a penalty with the same coefficient at every turn}
   *
   * @param beta β, at least 0
   * @param learner the policy that made the attempts, with the parameters it made them with
   * @param reference what it should stay near; usually the base, as another object
   */
  public static KlPenalty of(double beta, ScoringPolicy learner, ScoringPolicy reference) {
    return new KlPenalty(learner, reference, beta, beta);
  }

  /**
   * {@return this penalty with another coefficient β, at least 0, at the first turn}
   *
   * @param beta the coefficient β; 0 or more
   */
  public KlPenalty atFirstTurn(double beta) {
    return new KlPenalty(learner, reference, beta, laterTurns);
  }

  /** Returns β of turn {@code turn}. */
  double beta(int turn) {
    return turn == 1 ? firstTurn : laterTurns;
  }

  /** Returns, for each attempt, what every token of it costs. */
  List<double[]> costs(List<Example> attempts) {
    List<LogProbabilities> own = learner.logProbabilities(attempts);
    List<LogProbabilities> other = reference.logProbabilities(attempts);
    List<double[]> costs = new ArrayList<>(attempts.size());
    for (int i = 0; i < attempts.size(); i++) {
      costs.add(costs(attempts.get(i), own.get(i), other.get(i)));
    }
    return costs;
  }

  private double[] costs(Example attempt, LogProbabilities own, LogProbabilities other) {
    int tokens = attempt.response().tokens().size();
    if (own.size() != tokens || other.size() != tokens) {
      throw new IllegalArgumentException(
          "problem %s, turn %d: %d tokens were sampled, but the learner scores %d and the reference %d; a KL penalty needs the same tokens in all three"
              .formatted(
                  attempt.state().problem().id(),
                  attempt.state().turn(),
                  tokens,
                  own.size(),
                  other.size()));
    }
    double[] costs = new double[tokens];
    for (int t = 0; t < tokens; t++) {
      costs[t] = beta(attempt.state().turn()) * (own.get(t) - other.get(t));
    }
    return costs;
  }

  /** Describes the penalty without the policies, which a run's configuration names elsewhere. */
  @Override
  public String toString() {
    return "KL penalty %s then %s".formatted(firstTurn, laterTurns);
  }
}
