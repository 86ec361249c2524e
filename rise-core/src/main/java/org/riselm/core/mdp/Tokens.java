package org.riselm.core.mdp;

import java.io.Serializable;
import java.util.Arrays;

/**
 * Token ids of a response, exactly as they were sampled, the end-of-turn token included if it was
 * sampled. Immutable; equal by content.
 */
public final class Tokens implements Serializable {
  private static final long serialVersionUID = 1;

  private static final Tokens NONE = new Tokens(new int[0]);

  /** The ids, in order. */
  private final int[] ids;

  private Tokens(int[] ids) {
    this.ids = ids;
  }

  /** {@return no tokens: the response came as text only, for example from an endpoint} */
  public static Tokens none() {
    return NONE;
  }

  /**
   * {@return a copy of {@code ids}}
   *
   * @param ids token ids
   */
  public static Tokens of(int... ids) {
    return ids.length == 0 ? NONE : new Tokens(ids.clone());
  }

  /** {@return the number of tokens} */
  public int size() {
    return ids.length;
  }

  /** {@return whether there are none} */
  public boolean isEmpty() {
    return ids.length == 0;
  }

  /**
   * {@return the id of a token}
   *
   * @param index from 0
   */
  public int get(int index) {
    return ids[index];
  }

  /** {@return a fresh array of the ids} */
  public int[] toArray() {
    return ids.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Tokens that && Arrays.equals(ids, that.ids);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(ids);
  }

  @Override
  public String toString() {
    return Arrays.toString(ids);
  }
}
