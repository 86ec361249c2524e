package org.riselm.core.policy;

import static java.util.Objects.requireNonNull;

import org.riselm.core.internal.util.Seeds;
import org.riselm.core.mdp.State;

/**
 * One state to answer, with the seed of its draw. The same query gives the same completion, however
 * it is batched with others.
 *
 * @param state what to answer
 * @param seed of every random choice in the answer; see {@link Seeds}
 */
public record Query(State state, long seed) {
  public Query {
    requireNonNull(state, "state");
  }
}
