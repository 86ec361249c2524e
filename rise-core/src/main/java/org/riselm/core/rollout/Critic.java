package org.riselm.core.rollout;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import org.riselm.core.internal.util.Seeds;
import org.riselm.core.mdp.Feedback.BatchFeedback;
import org.riselm.core.mdp.Problem;
import org.riselm.core.mdp.State;
import org.riselm.core.mdp.Turn;
import org.riselm.core.policy.Completion;
import org.riselm.core.policy.Policy;
import org.riselm.core.policy.Query;
import org.riselm.core.policy.SamplingOptions;

/**
 * Feedback that a policy writes: it is shown the problem and the attempt and asked for a critique.
 * With the policy that also answers, this is Self-Refine (Madaan et al., arXiv 2303.17651); with
 * another, a critic model. It is not told whether the response was correct.
 */
public final class Critic implements BatchFeedback {
  private final Policy policy;
  private final SamplingOptions sampling;
  private final long seed;
  private final BiFunction<Problem, Turn, String> request;

  private Critic(Builder builder) {
    this.policy = builder.policy;
    this.sampling = builder.sampling;
    this.seed = builder.seed;
    this.request = builder.request;
  }

  /**
   * Starts from the defaults.
   *
   * @param policy writes the critiques
   * @return a builder
   */
  public static Builder builder(Policy policy) {
    return new Builder(policy);
  }

  /** Collects the settings of a {@link Critic}. Not thread-safe. */
  public static final class Builder {
    private final Policy policy;
    private SamplingOptions sampling = SamplingOptions.ofDefaults();
    private long seed;
    private BiFunction<Problem, Turn, String> request = Critic::plainRequest;

    private Builder(Policy policy) {
      this.policy = requireNonNull(policy, "policy");
    }

    /**
     * Sets how critiques are sampled; at temperature 1 and up to 1000 tokens by default.
     *
     * @param sampling how critiques are sampled
     * @return this builder
     */
    public Builder sampling(SamplingOptions sampling) {
      this.sampling = requireNonNull(sampling, "sampling");
      return this;
    }

    /**
     * Sets the seed, which the problem and the response tell each draw's from; 0 by default.
     *
     * @param seed the seed
     * @return this builder
     */
    public Builder seed(long seed) {
      this.seed = seed;
      return this;
    }

    /**
     * Sets the prompt that asks for a critique of a turn, not blank; plain English by default.
     *
     * @param request the prompt that asks for a critique of a turn
     * @return this builder
     */
    public Builder request(BiFunction<Problem, Turn, String> request) {
      this.request = requireNonNull(request, "request");
      return this;
    }

    /**
     * Builds the critic.
     *
     * @return the feedback
     */
    public Critic build() {
      return new Critic(this);
    }
  }

  private static String plainRequest(Problem problem, Turn turn) {
    return """
    Problem: %s

    Attempt: %s

    What is wrong with this attempt, if anything? Say what to change.\
    """
        .formatted(problem.prompt(), turn.response().text());
  }

  @Override
  public List<String> after(List<Problem> problems, List<Turn> turns) {
    List<Query> queries = new ArrayList<>(turns.size());
    for (int i = 0; i < turns.size(); i++) {
      Problem problem = problems.get(i);
      Turn turn = turns.get(i);
      Problem asked = Problem.of(problem.id(), request.apply(problem, turn), "");
      long draw =
          Seeds.derive(
              seed,
              Seeds.coordinate("critic"),
              Seeds.coordinate(problem.id()),
              Seeds.coordinate(turn.response().text()));
      queries.add(new Query(State.initial(asked), draw));
    }
    return policy.complete(queries, sampling).stream().map(Critic::text).toList();
  }

  private static String text(Completion critique) {
    return critique.failure() == null ? critique.response().text() : "";
  }

  @Override
  public boolean revealsOutcome() {
    return false;
  }

  @Override
  public String toString() {
    return "critic %s, sampled %s, seed %d".formatted(policy.getClass().getName(), sampling, seed);
  }
}
