package org.riselm.core.evaluation;

import org.jspecify.annotations.Nullable;
import org.riselm.core.internal.util.EditDistance;
import org.riselm.core.mdp.Turn;

/**
 * One response of an evaluation.
 *
 * @param answer the number of its answer among the problem's different answers, from 0 in the order
 *     in which they first came; −1 if no answer could be read
 * @param correct whether it is
 * @param tokens that were sampled for it
 * @param changed how much of the response is new against the turn before, in words, from 0 to 1
 *     (edit distance over the longer text's length); 0 at the first turn
 * @param failed whether it could not be sampled or scored
 */
public record LoggedTurn(int answer, boolean correct, int tokens, double changed, boolean failed) {
  /** Logs {@code turn}, which followed {@code before} if there was a turn before. */
  static LoggedTurn of(Turn turn, int answer, @Nullable Turn before) {
    String text = turn.response().text();
    return new LoggedTurn(
        answer,
        turn.correct(),
        turn.response().tokens().size(),
        before == null ? 0 : EditDistance.ratio(before.response().text(), text),
        turn.failure() != null);
  }
}
