package org.riselm.core.rollout;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.riselm.core.mdp.Episode;
import org.riselm.core.mdp.Episode.Ended;
import org.riselm.core.mdp.Finish;
import org.riselm.core.mdp.Problem;
import org.riselm.core.mdp.State;
import org.riselm.core.mdp.Turn;
import org.riselm.core.policy.Completion;

/** An episode while it is under way. */
final class Unrolling {
  private final Problem problem;
  private final int sample;
  private final RolloutOptions options;
  private final List<Turn> turns = new ArrayList<>();
  private @Nullable Ended ended;

  Unrolling(Problem problem, int sample, RolloutOptions options) {
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

  boolean live() {
    return ended == null;
  }

  State state() {
    return options.window().state(problem, turns);
  }

  /** Takes the answer to {@link #state}, and returns its turn. */
  Turn take(Completion completion) {
    Score score = Score.of(options.reward(), problem, completion);
    Turn turn = new Turn(completion.response(), score.reward(), null, score.failure());
    if (completion.response().finish() == Finish.FAILED) {
      ended = Ended.CUT_SHORT;
    } else if (turn.success() && options.stopAtSuccess()) {
      ended = Ended.SUCCESS;
    } else if (turns.size() + 1 == options.turns()) {
      ended = Ended.TURN_LIMIT;
    } else {
      turn = withFeedback(turn);
    }
    turns.add(turn);
    return turn;
  }

  private Turn withFeedback(Turn turn) {
    String problemWithIt;
    try {
      String said = options.feedback().after(problem, turn);
      if (!said.isBlank()) {
        return turn.withFeedback(said);
      }
      problemWithIt = "it is blank";
    } catch (RuntimeException e) {
      problemWithIt = e.toString();
    }
    ended = Ended.CUT_SHORT;
    return new Turn(turn.response(), turn.reward(), null, "feedback: " + problemWithIt);
  }

  Episode episode() {
    return new Episode(problem, sample, turns, requireNonNull(ended, "still live"));
  }
}
