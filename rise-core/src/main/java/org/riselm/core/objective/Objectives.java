package org.riselm.core.objective;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.riselm.core.mdp.Example;
import org.riselm.core.mdp.Finish;
import org.riselm.core.mdp.Response;
import org.riselm.core.relabel.Relabelled;

/**
 * The objectives: reward-weighted regression (RISE, equation 3.6), centred or not, and plain
 * imitation.
 */
public final class Objectives {
  /** The temperature τ of the released code. */
  public static final double DEFAULT_TAU = 0.4;

  // Keeps one reward of an odd scale from making a weight infinite: e^20 is 5e8.
  private static final double MAX_EXPONENT = 20;

  private Objectives() {}

  /**
   * w = exp((r − r̄) / τ), where r is the target's reward and r̄ the mean reward of the learner's
   * own attempts at the problem, over all its turns and episodes of the iteration.
   *
   * <p>The paper centres "around the mean value averaged across all attempts on a given prompt"
   * (section 3.2); the released code does not. Centring keeps easy problems, where reward comes
   * cheap, from drowning the hard ones. A problem whose targets and attempts all have the same
   * reward weighs 1. Exponents are held within ±20.
   *
   * @param tau above 0; smaller is greedier
   */
  public static Objective rewardWeighted(double tau) {
    checkTau(tau);
    return named(
        "reward-weighted, centred per problem, tau " + tau,
        relabelled -> {
          Map<String, Double> baselines = meanRewardByProblem(relabelled);
          return weigh(
              relabelled,
              r -> exp((r.relabel().reward() - requireNonNull(baselines.get(id(r)))) / tau));
        });
  }

  /** w = exp(r / τ): equation 3.6 as it stands, and as the released code has it. */
  public static Objective uncentred(double tau) {
    checkTau(tau);
    return named(
        "reward-weighted, uncentred, tau " + tau,
        relabelled -> weigh(relabelled, r -> exp(r.relabel().reward() / tau)));
  }

  /** w = 1: imitation of every target. */
  public static Objective uniform() {
    return named("uniform", relabelled -> weigh(relabelled, r -> 1));
  }

  /** {@code objective}, with a name by which one run's configuration is told from another's. */
  private static Objective named(String name, Objective objective) {
    return new Objective() {
      @Override
      public Weighted weigh(List<Relabelled> relabelled) {
        return objective.weigh(relabelled);
      }

      @Override
      public String toString() {
        return name;
      }
    };
  }

  private static Map<String, Double> meanRewardByProblem(List<Relabelled> relabelled) {
    // Sorted before it is summed, so that the order of the attempts leaves no rounding behind.
    Map<String, List<Double>> rewards = new TreeMap<>();
    for (Relabelled r : relabelled) {
      rewards.computeIfAbsent(id(r), k -> new ArrayList<>()).add(r.attempt().turn().reward());
    }
    return rewards.entrySet().stream()
        .collect(
            Collectors.toMap(
                Map.Entry::getKey,
                e ->
                    e.getValue().stream()
                        .sorted()
                        .mapToDouble(Double::doubleValue)
                        .average()
                        .orElseThrow()));
  }

  private static Weighted weigh(List<Relabelled> relabelled, ToDoubleFunction<Relabelled> weight) {
    List<Example> examples = new ArrayList<>(relabelled.size());
    for (Relabelled r : relabelled) {
      if (teaches(r.relabel().response())) {
        examples.add(
            new Example(r.attempt().state(), r.relabel().response(), weight.applyAsDouble(r)));
      }
    }
    return new Weighted(examples, relabelled.size() - examples.size());
  }

  private static boolean teaches(Response response) {
    return response.finish() != Finish.FAILED
        && !(response.text().isEmpty() && response.tokens().isEmpty());
  }

  private static double exp(double exponent) {
    return Math.exp(Math.max(-MAX_EXPONENT, Math.min(MAX_EXPONENT, exponent)));
  }

  private static String id(Relabelled r) {
    return r.attempt().state().problem().id();
  }

  private static void checkTau(double tau) {
    if (!(tau > 0) || Double.isInfinite(tau)) {
      throw new IllegalArgumentException("tau is " + tau + "; above 0, finite");
    }
  }
}
