package org.riselm.core.mdp;

import java.io.Serializable;
import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;

/**
 * How much each token of a response weighs in training: one weight for all tokens, or one per
 * token. 0 teaches nothing, and a negative weight makes the token less likely. Immutable; equal by
 * content.
 */
public final class TokenWeights implements Serializable {
  private static final long serialVersionUID = 1;

  /** One, or one per token. */
  private final double[] weights;

  private TokenWeights(double[] weights) {
    this.weights = weights;
  }

  /**
   * {@return one weight for all tokens}
   *
   * @param weight the weight
   */
  public static TokenWeights uniform(double weight) {
    return new TokenWeights(new double[] {weight});
  }

  /**
   * {@return one weight per token; a single one is the same as {@link #uniform}, and none fit no
   * response}
   *
   * @param weights the weights
   */
  public static TokenWeights of(double... weights) {
    return new TokenWeights(weights.clone());
  }

  /** {@return the number of weights: 1, or the number of tokens} */
  public int size() {
    return weights.length;
  }

  /**
   * {@return whether these are weights for {@code tokens} tokens: one for all, or one each}
   *
   * @param tokens how many tokens
   */
  public boolean fits(int tokens) {
    return weights.length == 1 || (tokens > 0 && weights.length == tokens);
  }

  /**
   * {@return the weight of a token}
   *
   * @param token from 0
   */
  public double get(int token) {
    return weights[weights.length == 1 ? 0 : token];
  }

  /** {@return the mean of the weights} */
  public double mean() {
    return Arrays.stream(weights).sum() / weights.length;
  }

  /** {@return the mean of the weights' absolute values} */
  public double absoluteMean() {
    return Arrays.stream(weights).map(Math::abs).sum() / weights.length;
  }

  /**
   * {@return these weights, each changed by {@code change}}
   *
   * @param change gives the new weight of each
   */
  public TokenWeights map(DoubleUnaryOperator change) {
    return new TokenWeights(Arrays.stream(weights).map(change).toArray());
  }

  /** {@return a fresh array of the weights} */
  public double[] toArray() {
    return weights.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TokenWeights that && Arrays.equals(weights, that.weights);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(weights);
  }

  @Override
  public String toString() {
    return Arrays.toString(weights);
  }
}
