package org.riselm.core.internal.util;

/** Checks of the values of options. */
public final class Checks {
  private Checks() {}

  /**
   * Returns {@code value}.
   *
   * @throws IllegalArgumentException if it is below 1; names the option
   */
  public static int atLeastOne(String option, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(option + " is " + value + "; 1 or more");
    }
    return value;
  }
}
