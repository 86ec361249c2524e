package org.riselm.core.policy;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import org.riselm.core.internal.util.UserFailure;
import org.riselm.core.mdp.Response;
import org.riselm.core.mdp.Response.FinishReason;
import org.riselm.core.mdp.State;
import org.riselm.core.mdp.Tokens;
import org.riselm.core.policy.spi.SamplingMeter;

/**
 * A policy that responds with a function of the state and the seed. For tests, and for teachers
 * that are a few lines of code.
 *
 * <p>It holds its script to the contract of {@link Policy}: the script is called twice and must
 * return the same text for the same query. A script that throws gives a failed completion. A
 * response longer than {@link SamplingOptions#maxNewTokens} words is cut there. Responses come as
 * text only.
 */
public final class ScriptedPolicy implements Policy {
  /** Says what to respond. */
  @FunctionalInterface
  public interface Script {
    /**
     * {@return the response to {@code state}} Random choices may come from {@code seed} only.
     *
     * @param state the state
     * @param seed the only source of random choices
     */
    String respond(State state, long seed);
  }

  private final Script script;

  /**
   * Makes a policy that responds with {@code script}.
   *
   * @param script gives the responses
   */
  public ScriptedPolicy(Script script) {
    this.script = requireNonNull(script, "script");
  }

  @Override
  public List<Completion> complete(
      List<Query> queries, SamplingOptions sampling, ProgressListener progress) {
    requireNonNull(sampling, "sampling");
    List<Completion> completions = new ArrayList<>(queries.size());
    SamplingMeter meter = new SamplingMeter(queries.size(), progress);
    for (Query query : queries) {
      completions.add(complete(query, sampling));
      meter.advanced(1, 0);
    }
    return List.copyOf(completions);
  }

  private Completion complete(Query query, SamplingOptions sampling) {
    String text;
    String again;
    try {
      text = script.respond(query.state(), query.seed());
      again = script.respond(query.state(), query.seed());
    } catch (Throwable e) {
      return Completion.failed("the script threw " + UserFailure.describe(e));
    }
    if (!text.equals(again)) {
      throw new IllegalStateException(
          "problem %s, turn %d, seed %d: the script answered \"%s\", then \"%s\"; the same query must give the same answer"
              .formatted(
                  query.state().problem().id(), query.state().turn(), query.seed(), text, again));
    }
    return Completion.of(cut(text, sampling.maxNewTokens()));
  }

  private static Response cut(String text, int words) {
    String[] parts = text.strip().split("\\s+", -1);
    if (parts.length <= words) {
      return Response.ofText(text);
    }
    String head = String.join(" ", List.of(parts).subList(0, words));
    return new Response(head, Tokens.none(), FinishReason.LENGTH);
  }
}
