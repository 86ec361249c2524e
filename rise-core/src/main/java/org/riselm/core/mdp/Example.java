package org.riselm.core.mdp;

import static java.util.Objects.requireNonNull;

import com.google.common.primitives.ImmutableDoubleArray;

/**
 * What training consumes: in {@code state}, say {@code response}, as strongly as {@code weights}.
 *
 * @param state the context; nothing in it is learned
 * @param response the target; every token of it is learned
 * @param weights one for all tokens, or one per token of the response; finite; 0 teaches nothing,
 *     below 0 teaches away
 */
public record Example(State state, Response response, ImmutableDoubleArray weights) {
  public Example {
    requireNonNull(state, "state");
    requireNonNull(response, "response");
    if (response.text().isEmpty() && response.tokens().isEmpty()) {
      throw new IllegalArgumentException(
          "problem %s, turn %d: an example has an empty response, so there is nothing to learn"
              .formatted(state.problem().id(), state.turn()));
    }
    if (weights.length() != 1 && weights.length() != response.tokens().size()) {
      throw new IllegalArgumentException(
          "problem %s, turn %d: an example has %d weights and %d tokens; one weight, or one per token"
              .formatted(
                  state.problem().id(), state.turn(), weights.length(), response.tokens().size()));
    }
    for (int i = 0; i < weights.length(); i++) {
      if (!Double.isFinite(weights.get(i))) {
        throw new IllegalArgumentException(
            "problem %s, turn %d: weight %d of an example is %s; it must be finite"
                .formatted(state.problem().id(), state.turn(), i + 1, weights.get(i)));
      }
    }
  }

  /** An example whose tokens all weigh {@code weight}. */
  public Example(State state, Response response, double weight) {
    this(state, response, ImmutableDoubleArray.of(weight));
  }

  /** The weight of every token, or the mean of the tokens' weights. */
  public double weight() {
    return weights.stream().sum() / weights.length();
  }

  /** The weight of token {@code index}. */
  public double weight(int index) {
    return weights.get(weights.length() == 1 ? 0 : index);
  }
}
