package org.riselm.core.rollout;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.riselm.core.internal.rollout.ScoringResult;
import org.riselm.core.mdp.Episode;
import org.riselm.core.mdp.Episode.EndReason;
import org.riselm.core.mdp.Problem;
import org.riselm.core.mdp.Response.FinishReason;
import org.riselm.core.mdp.State;
import org.riselm.core.mdp.Turn;
import org.riselm.core.policy.Completion;

/** An episode while it is under way. */
final class EpisodeBuilder {
  private final Problem problem;
  private final int sample;
  private final RolloutOptions options;
  private final List<Turn> turns = new ArrayList<>();
  private @Nullable EndReason ended;

  EpisodeBuilder(Problem problem, int sample, RolloutOptions options) {
    this.problem = problem;
    this.sample = sample;
    this.options = options;
  }

  Problem problem() {
    return problem;
  }

  int sample() {
    return sample;
  }

  boolean isLive() {
    return ended == null;
  }

  State state() {
    return options.historyWindow().state(problem, turns);
  }

  /** Adds the response to {@link #state}, and returns its turn. */
  Turn addResponse(Completion completion) {
    ScoringResult score = ScoringResult.of(options.reward(), problem, completion);
    Turn turn = new Turn(completion.response(), score.reward(), null, score.failure());
    turns.add(turn);
    if (completion.response().finish() == FinishReason.FAILED) {
      ended = EndReason.TRUNCATED;
    } else if (turn.correct() && options.stopWhenCorrect()) {
      ended = EndReason.CORRECT;
    } else if (turns.size() == options.turns()) {
      ended = EndReason.TURN_LIMIT;
    }
    return turn;
  }

  /** Ends the episode: there are no tokens left for another turn. */
  void endOutOfTokens() {
    ended = EndReason.TOKEN_BUDGET;
  }

  Turn lastTurn() {
    return turns.get(turns.size() - 1);
  }

  /** Adds {@code said} after the last turn; if there is none or it is blank, the episode ends. */
  void addFeedback(@Nullable String said) {
    if (said == null || said.isBlank()) {
      failFeedback(said == null ? "it is null" : "it is blank");
    } else {
      turns.set(turns.size() - 1, lastTurn().withFeedback(said));
    }
  }

  /** Ends the episode: there is no feedback, for {@code reason}. */
  void failFeedback(String reason) {
    Turn last = lastTurn();
    ended = EndReason.TRUNCATED;
    turns.set(
        turns.size() - 1, new Turn(last.response(), last.reward(), null, "feedback: " + reason));
  }

  Episode episode() {
    return new Episode(problem, sample, turns, requireNonNull(ended, "still live"));
  }
}
