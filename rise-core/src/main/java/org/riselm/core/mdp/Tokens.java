package org.riselm.core.mdp;

import com.google.common.primitives.ImmutableIntArray;

/**
 * Token ids of a response, exactly as they were sampled, the end-of-turn token included if it was
 * sampled. Immutable; equal by content.
 *
 * @param ids the ids, in order
 */
public record Tokens(ImmutableIntArray ids) {
  private static final Tokens NONE = new Tokens(ImmutableIntArray.of());

  /** No tokens: the response came as text only, for example from a teacher behind an endpoint. */
  public static Tokens none() {
    return NONE;
  }

  /** A copy of {@code ids}. */
  public static Tokens of(int... ids) {
    return ids.length == 0 ? NONE : new Tokens(ImmutableIntArray.copyOf(ids));
  }

  /** The number of tokens. */
  public int size() {
    return ids.length();
  }

  /** Whether there are none. */
  public boolean isEmpty() {
    return ids.isEmpty();
  }

  /** A fresh array of the ids. */
  public int[] toArray() {
    return ids.toArray();
  }
}
