package org.riselm.core.mdp;

import static java.util.Objects.requireNonNull;

/**
 * What training consumes: in {@code state}, say {@code response}, as strongly as {@code weight}.
 *
 * @param state the context; nothing in it is learned
 * @param response the target; every token of it is learned
 * @param weight the strength, finite; 0 teaches nothing, below 0 teaches away
 */
public record Example(State state, Response response, double weight) {
  public Example {
    requireNonNull(state, "state");
    requireNonNull(response, "response");
    if (!Double.isFinite(weight)) {
      throw new IllegalArgumentException(
          "problem %s, turn %d: an example's weight is %s; it must be finite"
              .formatted(state.problem().id(), state.turn(), weight));
    }
    if (response.text().isEmpty() && response.tokens().isEmpty()) {
      throw new IllegalArgumentException(
          "problem %s, turn %d: an example has an empty response, so there is nothing to learn"
              .formatted(state.problem().id(), state.turn()));
    }
  }
}
