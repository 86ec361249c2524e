package org.riselm.core.mdp;

import static java.util.Objects.requireNonNull;

import java.io.Serializable;

/**
 * What training consumes: a response to learn in a state, and how much it counts.
 *
 * @param state the context; nothing in it is learned
 * @param response the target; every token of it is learned
 * @param weights one for all tokens, or one per token of the response; finite
 */
public record Example(State state, Response response, TokenWeights weights)
    implements Serializable {
  /** Checks the components. */
  public Example {
    requireNonNull(state, "state");
    requireNonNull(response, "response");
    requireNonNull(weights, "weights");
    if (response.text().isEmpty() && response.tokens().isEmpty()) {
      throw new IllegalArgumentException(
          "problem %s, turn %d: an example has an empty response, so there is nothing to learn"
              .formatted(state.problem().id(), state.turn()));
    }
    if (!weights.fits(response.tokens().size())) {
      throw new IllegalArgumentException(
          "problem %s, turn %d: an example has %d weights and %d tokens; one weight, or one per token"
              .formatted(
                  state.problem().id(), state.turn(), weights.size(), response.tokens().size()));
    }
    for (int i = 0; i < weights.size(); i++) {
      if (!Double.isFinite(weights.get(i))) {
        throw new IllegalArgumentException(
            "problem %s, turn %d: weight %d of an example is %s; it must be finite"
                .formatted(state.problem().id(), state.turn(), i + 1, weights.get(i)));
      }
    }
  }

  /**
   * Makes an example whose tokens all weigh the same.
   *
   * @param state the state before it
   * @param response the response to learn
   * @param weight finite; 0 teaches nothing, below 0 makes the response less likely
   */
  public Example(State state, Response response, double weight) {
    this(state, response, TokenWeights.uniform(weight));
  }

  /** {@return the weight of every token, or the mean of the tokens' weights} */
  public double weight() {
    return weights.mean();
  }
}
