package org.riselm.core.rollout;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.riselm.core.mdp.BatchFeedback;
import org.riselm.core.mdp.Feedback;

/** What happens between two turns: who may go on, and what is said. */
final class Conversation {
  private final RolloutOptions options;
  private final Map<String, Long> spent = new HashMap<>();

  Conversation(RolloutOptions options) {
    this.options = options;
  }

  /** {@code tokens} more were sampled for the problem of {@code episode}. */
  void spend(Unrolling episode, int tokens) {
    spent.merge(episode.problem().id(), (long) tokens, Long::sum);
  }

  /** Ends those of {@code live} whose next answer might exceed their problem's tokens. */
  void budget(List<Unrolling> live) {
    Map<String, Long> promised = new HashMap<>(spent);
    for (Unrolling episode : live) {
      long after =
          promised.merge(
              episode.problem().id(), (long) options.sampling().maxNewTokens(), Long::sum);
      if (after > options.tokensPerProblem()) {
        episode.outOfTokens();
      }
    }
  }

  /** Says what is said after the last turn of each of {@code live}. */
  void speak(List<Unrolling> live) {
    Feedback feedback = options.feedback();
    if (feedback instanceof BatchFeedback batch) {
      speakAtOnce(batch, live);
      return;
    }
    for (Unrolling episode : live) {
      try {
        episode.hear(feedback.after(episode.problem(), episode.lastTurn()));
      } catch (RuntimeException e) {
        episode.hearNothing(e.toString());
      }
    }
  }

  private static void speakAtOnce(BatchFeedback feedback, List<Unrolling> live) {
    if (live.isEmpty()) {
      return;
    }
    List<String> said;
    try {
      said =
          feedback.after(
              live.stream().map(Unrolling::problem).toList(),
              live.stream().map(Unrolling::lastTurn).toList());
    } catch (RuntimeException e) {
      live.forEach(episode -> episode.hearNothing(e.toString()));
      return;
    }
    if (said.size() != live.size()) {
      throw new IllegalStateException(
          "the feedback %s said %d things after %d turns; one each"
              .formatted(feedback.getClass().getName(), said.size(), live.size()));
    }
    for (int i = 0; i < said.size(); i++) {
      live.get(i).hear(said.get(i));
    }
  }
}
