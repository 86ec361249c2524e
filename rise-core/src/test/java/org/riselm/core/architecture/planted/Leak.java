package org.riselm.core.architecture.planted;

import com.google.common.primitives.ImmutableIntArray;

/** Shows a type of a library in its signature: what the rules must find. */
public final class Leak {
  private Leak() {}

  /** Returns numbers in a type that is not ours. */
  public static ImmutableIntArray numbers() {
    return ImmutableIntArray.of(1);
  }
}
