package org.riselm.core.policy;

import java.io.Serializable;
import java.util.Arrays;

/**
 * The natural logarithms of the probabilities of a response's tokens, under the model at
 * temperature 1 and without truncation. Immutable; equal by content.
 */
public final class LogProbabilities implements Serializable {
  private static final long serialVersionUID = 1;

  private static final LogProbabilities NONE = new LogProbabilities(new double[0]);

  /** One per token. */
  private final double[] values;

  private LogProbabilities(double[] values) {
    this.values = values;
  }

  /** {@return none: they are not known, or were not asked for} */
  public static LogProbabilities none() {
    return NONE;
  }

  /**
   * {@return a copy of {@code values}, one per token}
   *
   * @param values the logarithms, one per token; at most 0
   */
  public static LogProbabilities of(double... values) {
    return values.length == 0 ? NONE : new LogProbabilities(values.clone());
  }

  /** {@return the number of tokens} */
  public int size() {
    return values.length;
  }

  /** {@return whether there are none} */
  public boolean isEmpty() {
    return values.length == 0;
  }

  /**
   * {@return the logarithm of a token's probability}
   *
   * @param token from 0
   */
  public double get(int token) {
    return values[token];
  }

  /** {@return the logarithm of the whole response's probability} */
  public double sum() {
    return Arrays.stream(values).sum();
  }

  /** {@return a fresh array of the values} */
  public double[] toArray() {
    return values.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof LogProbabilities that && Arrays.equals(values, that.values);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(values);
  }

  @Override
  public String toString() {
    return Arrays.toString(values);
  }
}
