package org.riselm.core.policy;

import static java.util.Objects.requireNonNull;

import java.io.Serializable;
import org.riselm.core.mdp.State;

/**
 * A state to respond to, with the seed of its draw. The same query gives the same completion,
 * however it is batched with others.
 *
 * @param state what to respond to
 * @param seed of every random choice in the response
 */
public record Query(State state, long seed) implements Serializable {
  /** Checks the components. */
  public Query {
    requireNonNull(state, "state");
  }
}
