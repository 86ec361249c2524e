package org.riselm.core.objective;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.riselm.core.mdp.Example;
import org.riselm.core.mdp.TokenWeights;
import org.riselm.core.policy.TrainingRequest.LossNormalization;
import org.riselm.core.relabel.Attempt;
import org.riselm.core.relabel.RelabeledAttempt;

/**
 * The gradient of the reward over several turns, as weights of the learner's own responses; what a
 * relabeler found is not used. Immutable.
 *
 * <p>With r_t the reward of turn t, α the progress bonus, γ the discount and k_t the sum of the
 * turn's KL costs, the return of a turn is
 *
 * <pre>G_t = r_t + α·(r_t − r_{t−1}) + γ·(G_{t+1} − k_{t+1})</pre>
 *
 * <p>(the bonus from turn 2 on), and token u of the turn weighs
 *
 * <pre>w_tu = G_t − baseline − Σ_{v ≥ u} k_tv</pre>
 *
 * <p>so a token answers for the KL cost of itself and what follows it. The mean of Σ w·∇ln π over
 * episodes is the gradient of the discounted reward less the penalty. Valid only for episodes that
 * the policy itself just made.
 */
public final class PolicyGradient implements Objective {
  private final Builder values;

  private PolicyGradient(Builder values) {
    this.values = values;
  }

  /**
   * {@return REINFORCE with {@code baseline}: every turn for itself, without bonus or penalty}
   *
   * @param baseline what a reward is compared with
   */
  public static PolicyGradient of(Baseline baseline) {
    return builder(baseline).build();
  }

  /**
   * Starts from REINFORCE: every turn for itself, without bonus or penalty.
   *
   * @param baseline what is subtracted from returns
   * @return a builder
   */
  public static Builder builder(Baseline baseline) {
    return new Builder(baseline);
  }

  /**
   * Starts from these settings.
   *
   * @return a builder
   */
  public Builder toBuilder() {
    return values.copy();
  }

  /** {@return what is subtracted from returns} */
  public Baseline baseline() {
    return values.baseline;
  }

  /** {@return whether advantages are divided by their group's standard deviation} */
  public boolean standardized() {
    return values.standardized;
  }

  /** {@return γ} */
  public double discount() {
    return values.discount;
  }

  /** {@return α} */
  public double progressBonus() {
    return values.progressBonus;
  }

  /** {@return whether r_1 counts} */
  public boolean firstTurnRewarded() {
    return values.firstTurnRewarded;
  }

  /** {@return the penalty for leaving a reference policy, if any} */
  public Optional<KlPenalty> penalty() {
    return values.penalty;
  }

  /** Collects the settings of a {@link PolicyGradient}. Not thread-safe. */
  public static final class Builder {
    private final Baseline baseline;
    private boolean standardized;
    private double discount;
    private double progressBonus;
    private boolean firstTurnRewarded = true;
    private Optional<KlPenalty> penalty = Optional.empty();

    private Builder(Baseline baseline) {
      this.baseline = requireNonNull(baseline, "baseline");
    }

    /**
     * Sets whether advantages are divided by the standard deviation of their group's returns, as
     * GRPO does; a group without spread then weighs 0. They are not by default.
     *
     * @param standardized whether advantages are divided by the standard deviation of their group's
     *     returns
     * @return this builder
     */
    public Builder standardized(boolean standardized) {
      this.standardized = standardized;
      return this;
    }

    /**
     * Sets γ, in [0, 1]. 0, the default, makes every turn answer for itself only, as in SCoRe and
     * PAG (arXiv 2506.10406).
     *
     * @param discount γ
     * @return this builder
     */
    public Builder discount(double discount) {
      if (!(discount >= 0 && discount <= 1)) {
        throw new IllegalArgumentException("discount is " + discount + "; in [0, 1]");
      }
      this.discount = discount;
      return this;
    }

    /**
     * Sets α, at least 0: what a turn earns for being better than the one before, and loses for
     * being worse (SCoRe, arXiv 2409.12917, section 5.2; PAG). 0 by default.
     *
     * @param bonus α
     * @return this builder
     */
    public Builder progressBonus(double bonus) {
      if (!(bonus >= 0) || Double.isInfinite(bonus)) {
        throw new IllegalArgumentException("progressBonus is " + bonus + "; 0 or more, finite");
      }
      this.progressBonus = bonus;
      return this;
    }

    /**
     * Sets whether r_1 counts; it does by default. It does not in the first stage of SCoRe.
     *
     * @param rewarded whether r_1 counts
     * @return this builder
     */
    public Builder firstTurnRewarded(boolean rewarded) {
      this.firstTurnRewarded = rewarded;
      return this;
    }

    /**
     * Sets a penalty for leaving a reference policy; none by default.
     *
     * @param penalty a penalty for leaving a reference policy
     * @return this builder
     */
    public Builder penalty(KlPenalty penalty) {
      this.penalty = Optional.of(penalty);
      return this;
    }

    /**
     * Builds the objective.
     *
     * @return the objective
     */
    public PolicyGradient build() {
      return new PolicyGradient(copy());
    }

    private Builder copy() {
      Builder copy = new Builder(baseline);
      copy.standardized = standardized;
      copy.discount = discount;
      copy.progressBonus = progressBonus;
      copy.firstTurnRewarded = firstTurnRewarded;
      copy.penalty = penalty;
      return copy;
    }
  }

  @Override
  public String toString() {
    return "policy gradient, baseline %s, standardized %s, discount %s, progressBonus %s, firstTurnRewarded %s, penalty %s"
        .formatted(
            baseline(),
            standardized(),
            discount(),
            progressBonus(),
            firstTurnRewarded(),
            penalty().map(KlPenalty::toString).orElse("none"));
  }

  @Override
  public boolean onPolicy() {
    return true;
  }

  @Override
  public WeightedExamples weigh(List<RelabeledAttempt> relabeled) {
    List<Attempt> attempts =
        relabeled.stream()
            .map(RelabeledAttempt::attempt)
            .filter(a -> Objectives.teaches(a.turn().response()))
            .toList();
    List<double[]> costs = costs(attempts);
    double[] returns = returns(attempts, costs);
    Map<String, List<Double>> returnsByGroup = new HashMap<>();
    for (int i = 0; i < returns.length; i++) {
      returnsByGroup
          .computeIfAbsent(group(attempts.get(i)), k -> new ArrayList<>())
          .add(returns[i]);
    }
    Map<String, Group> groups = new HashMap<>();
    returnsByGroup.forEach((name, of) -> groups.put(name, Group.of(of)));
    List<Example> examples = new ArrayList<>(attempts.size());
    for (int i = 0; i < returns.length; i++) {
      Attempt a = attempts.get(i);
      double advantage = advantage(returns[i], requireNonNull(groups.get(group(a))));
      examples.add(new Example(a.state(), a.turn().response(), weights(advantage, costs.get(i))));
    }
    return new WeightedExamples(
        examples, relabeled.size() - attempts.size(), LossNormalization.BY_TOKEN);
  }

  /** What each token of each attempt costs; without a penalty, no token is looked at. */
  private List<double[]> costs(List<Attempt> attempts) {
    if (penalty().isEmpty()) {
      return attempts.stream().map(a -> new double[0]).toList();
    }
    return penalty()
        .get()
        .costs(attempts.stream().map(a -> new Example(a.state(), a.turn().response(), 0)).toList());
  }

  /** G_t of each attempt. */
  private double[] returns(List<Attempt> attempts, List<double[]> costs) {
    double[] returns = new double[attempts.size()];
    for (List<Integer> episode : episodes(attempts)) {
      double next = 0;
      for (int place = episode.size() - 1; place >= 0; place--) {
        int i = episode.get(place);
        Attempt a = attempts.get(i);
        int turn = a.state().turn();
        double value = turn == 1 && !firstTurnRewarded() ? 0 : a.turn().reward();
        if (place > 0) {
          Attempt before = attempts.get(episode.get(place - 1));
          if (before.state().turn() == turn - 1) {
            value += progressBonus() * (a.turn().reward() - before.turn().reward());
          }
        }
        returns[i] = value + discount() * next;
        next = returns[i] - sum(costs.get(i), 0);
      }
    }
    return returns;
  }

  /** The places of each episode's attempts, in the order of their turns. */
  private static Collection<List<Integer>> episodes(List<Attempt> attempts) {
    Map<String, List<Integer>> episodes = new HashMap<>();
    for (int i = 0; i < attempts.size(); i++) {
      Attempt a = attempts.get(i);
      String episode = a.sample() + " " + a.state().problem().id();
      episodes.computeIfAbsent(episode, k -> new ArrayList<>()).add(i);
    }
    Comparator<Integer> byTurn = Comparator.comparingInt(i -> attempts.get(i).state().turn());
    episodes.values().forEach(episode -> episode.sort(byTurn));
    return episodes.values();
  }

  private double advantage(double value, Group group) {
    double advantage = value - baseline().of(group, value);
    if (!standardized()) {
      return advantage;
    }
    return group.spread() < 1e-9 ? 0 : advantage / group.spread();
  }

  private static TokenWeights weights(double advantage, double[] costs) {
    if (costs.length == 0) {
      return TokenWeights.uniform(advantage);
    }
    double[] weights = new double[costs.length];
    for (int u = 0; u < weights.length; u++) {
      weights[u] = advantage - sum(costs, u);
    }
    return TokenWeights.of(weights);
  }

  private static double sum(double[] costs, int from) {
    double sum = 0;
    for (int i = costs.length - 1; i >= from; i--) {
      sum += costs[i];
    }
    return sum;
  }

  /** The returns of one turn of a problem's episodes, with their mean and standard deviation. */
  private record Group(List<Double> returns, double mean, double spread) {
    static Group of(List<Double> returns) {
      return new Group(returns, StableMean.of(returns), StableMean.spread(returns));
    }
  }

  private static String group(Attempt a) {
    return a.state().turn() + " " + a.state().problem().id();
  }

  /**
   * What a policy gradient subtracts from the return of a turn. A group is the same turn of all
   * episodes of one problem.
   */
  public enum Baseline {
    /** Nothing: plain REINFORCE (Williams 1992). */
    NONE {
      @Override
      double of(Group group, double own) {
        return 0;
      }
    },
    /** The group's mean, as GRPO has it (arXiv 2402.03300). A group of one has nothing to learn. */
    GROUP_MEAN {
      @Override
      double of(Group group, double own) {
        return group.mean();
      }
    },
    /**
     * The mean of the others in the group (RLOO, arXiv 2402.14740): unlike the group's mean it
     * leaves the gradient unbiased. 0 in a group of one.
     */
    LEAVE_ONE_OUT {
      @Override
      double of(Group group, double own) {
        if (group.returns().size() == 1) {
          return 0;
        }
        List<Double> others = new ArrayList<>(group.returns());
        others.remove(own);
        return StableMean.of(others);
      }
    };

    /** Returns the baseline of {@code own}, which is one of {@code group}. */
    abstract double of(Group group, double own);
  }
}
