package org.riselm.core.rollout;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.riselm.core.internal.util.UserFailure;
import org.riselm.core.mdp.Feedback;
import org.riselm.core.mdp.Feedback.BatchFeedback;

/** What happens between two turns: who may go on, and what is said. */
final class TurnTransition {
  private final RolloutOptions options;
  private final Map<String, Long> spent = new HashMap<>();

  TurnTransition(RolloutOptions options) {
    this.options = options;
  }

  /** Counts {@code tokens} more, sampled for the problem of {@code episode}. */
  void countTokens(EpisodeBuilder episode, int tokens) {
    spent.merge(episode.problem().id(), (long) tokens, Long::sum);
  }

  /** Ends those of {@code live} whose next response might exceed their problem's tokens. */
  void endOverBudget(List<EpisodeBuilder> live) {
    Map<String, Long> promised = new HashMap<>(spent);
    for (EpisodeBuilder episode : live) {
      long after =
          promised.merge(
              episode.problem().id(), (long) options.sampling().maxNewTokens(), Long::sum);
      if (after > options.tokensPerProblem()) {
        episode.endOutOfTokens();
      }
    }
  }

  /** Says what is said after the last turn of each of {@code live}. */
  void addFeedback(List<EpisodeBuilder> live) {
    Feedback feedback = options.feedback();
    if (feedback instanceof BatchFeedback batch) {
      addBatchFeedback(batch, live);
      return;
    }
    for (EpisodeBuilder episode : live) {
      try {
        episode.addFeedback(feedback.after(episode.problem(), episode.lastTurn()));
      } catch (Throwable e) {
        episode.failFeedback(UserFailure.describe(e));
      }
    }
  }

  private static void addBatchFeedback(BatchFeedback feedback, List<EpisodeBuilder> live) {
    if (live.isEmpty()) {
      return;
    }
    List<String> said;
    try {
      said =
          feedback.after(
              live.stream().map(EpisodeBuilder::problem).toList(),
              live.stream().map(EpisodeBuilder::lastTurn).toList());
    } catch (Throwable e) {
      String failure = UserFailure.describe(e);
      live.forEach(episode -> episode.failFeedback(failure));
      return;
    }
    if (said.size() != live.size()) {
      throw new IllegalStateException(
          "the feedback %s said %d things after %d turns; one each"
              .formatted(feedback.getClass().getName(), said.size(), live.size()));
    }
    for (int i = 0; i < said.size(); i++) {
      live.get(i).addFeedback(said.get(i));
    }
  }
}
