package org.riselm.core.relabel;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import org.riselm.core.internal.util.Seeds;
import org.riselm.core.mdp.Episode;
import org.riselm.core.mdp.HistoryWindow;
import org.riselm.core.mdp.Response.FinishReason;
import org.riselm.core.mdp.State;
import org.riselm.core.mdp.Turn;
import org.riselm.core.policy.Query;

/**
 * A state that the learner reached, and what it did there.
 *
 * @param state what it saw
 * @param turn what it said there, with the reward
 * @param sample which of the problem's episodes, from 0
 */
public record Attempt(State state, Turn turn, int sample) {
  /** Checks the components. */
  public Attempt {
    requireNonNull(state, "state");
    requireNonNull(turn, "turn");
  }

  /**
   * {@return the attempts in {@code episodes}, turn 1 too: without it the policy forgets how to
   * respond first} Turns without a response are skipped; their state may not even fit the context.
   *
   * @param episodes finished episodes
   * @param window which earlier turns the state shows
   */
  public static List<Attempt> in(List<Episode> episodes, HistoryWindow window) {
    List<Attempt> attempts = new ArrayList<>();
    for (Episode episode : episodes) {
      for (int t = 1; t <= episode.turns().size(); t++) {
        Turn turn = episode.turns().get(t - 1);
        if (turn.response().finish() != FinishReason.FAILED) {
          attempts.add(new Attempt(episode.stateBefore(t, window), turn, episode.sample()));
        }
      }
    }
    return List.copyOf(attempts);
  }

  /**
   * {@return the query for a further draw from the same state; draw 0 was the learner's own}
   *
   * @param seed of the run
   * @param iteration the iteration, which enters the draws
   * @param draw which draw from this state; 1 or more
   */
  public Query query(long seed, int iteration, int draw) {
    return new Query(
        state, Seeds.ofResponse(seed, iteration, state.problem().id(), sample, state.turn(), draw));
  }
}
