package org.riselm.core.inference;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Optional;
import org.riselm.core.mdp.Episode;
import org.riselm.core.mdp.Problem;
import org.riselm.core.mdp.Response;

/**
 * The result of introspection on one problem.
 *
 * @param problem that was asked
 * @param response the final one; empty if there is none, because every response failed or the vote
 *     had no winner
 * @param accepted whether the oracle or the judge accepted it; a vote accepts nothing
 * @param episodes all episodes, for inspection
 * @param tokens that were sampled
 */
public record IntrospectionResult(
    Problem problem,
    Optional<Response> response,
    boolean accepted,
    List<Episode> episodes,
    long tokens) {
  /** Checks the components. */
  public IntrospectionResult {
    requireNonNull(problem, "problem");
    requireNonNull(response, "response");
    episodes = List.copyOf(episodes);
  }
}
