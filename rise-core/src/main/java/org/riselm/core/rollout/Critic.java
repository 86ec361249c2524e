package org.riselm.core.rollout;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import org.riselm.core.internal.util.Seeds;
import org.riselm.core.mdp.BatchFeedback;
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
 * another, a critic model. It is not told whether the attempt was right.
 */
public final class Critic implements BatchFeedback {
  private final Policy policy;
  private final SamplingOptions sampling;
  private final long seed;
  private final BiFunction<Problem, Turn, String> request;

  /** A critic that asks in plain English. */
  public Critic(Policy policy, SamplingOptions sampling, long seed) {
    this(policy, sampling, seed, Critic::plainRequest);
  }

  /**
   * A critic that asks in its own way.
   *
   * @param policy writes the critique
   * @param sampling how
   * @param seed of its draws, with the problem and the attempt
   * @param request the prompt to criticize a turn; not blank
   */
  public Critic(
      Policy policy,
      SamplingOptions sampling,
      long seed,
      BiFunction<Problem, Turn, String> request) {
    this.policy = requireNonNull(policy, "policy");
    this.sampling = requireNonNull(sampling, "sampling");
    this.seed = seed;
    this.request = requireNonNull(request, "request");
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
