package org.riselm.core.policy;

import java.io.Serializable;
import java.util.List;

/** How tokens are drawn. Immutable; the defaults are the paper's. */
public final class SamplingOptions implements Serializable {
  private static final long serialVersionUID = 1;

  /** The options. */
  private final Builder values;

  private SamplingOptions(Builder values) {
    this.values = values;
  }

  /** {@return the defaults, which are stated at {@link Builder}} */
  public static SamplingOptions ofDefaults() {
    return builder().build();
  }

  /**
   * {@return the defaults with another length limit}
   *
   * @param maxNewTokens the most tokens of a response; 1 or more
   */
  public static SamplingOptions ofMaxNewTokens(int maxNewTokens) {
    return builder().maxNewTokens(maxNewTokens).build();
  }

  /**
   * {@return options that always draw the most likely token}
   *
   * @param maxNewTokens the most tokens of a response; 1 or more
   */
  public static SamplingOptions greedy(int maxNewTokens) {
    return builder().temperature(0).maxNewTokens(maxNewTokens).build();
  }

  /**
   * Starts from the defaults.
   *
   * @return a builder
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Starts from these options.
   *
   * @return a builder
   */
  public Builder toBuilder() {
    return values.copy();
  }

  /** {@return what the logits are divided by; 0 is greedy} */
  public double temperature() {
    return values.temperature;
  }

  /** {@return how many of the most likely tokens are drawn from; 0 is all} */
  public int topK() {
    return values.topK;
  }

  /** {@return the probability that the fewest tokens drawn from must reach; 1 is all} */
  public double topP() {
    return values.topP;
  }

  /** {@return the longest response in tokens, the stop token included} */
  public int maxNewTokens() {
    return values.maxNewTokens;
  }

  /** {@return whether completions carry each token's log-probability} */
  public boolean logProbabilities() {
    return values.logProbabilities;
  }

  private List<Object> parts() {
    return List.of(temperature(), topK(), topP(), maxNewTokens(), logProbabilities());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SamplingOptions that && parts().equals(that.parts());
  }

  @Override
  public int hashCode() {
    return parts().hashCode();
  }

  /** Describes what is drawn; log-probabilities change no draw. */
  @Override
  public String toString() {
    return "temperature %s, topK %d, topP %s, maxNewTokens %d".formatted(parts().toArray());
  }

  /** Collects {@link SamplingOptions}. Not thread-safe. */
  public static final class Builder implements Serializable {
    private static final long serialVersionUID = 1;

    /** Set by {@link #temperature}. */
    private double temperature = 1;

    /** Set by {@link #topK}. */
    private int topK;

    /** Set by {@link #topP}. */
    private double topP = 1;

    /** Set by {@link #maxNewTokens}. */
    private int maxNewTokens = 1000;

    /** Set by {@link #logProbabilities}. */
    private boolean logProbabilities;

    private Builder() {}

    /**
     * Sets what the logits are divided by, at least 0; 0 is greedy; 1 by default.
     *
     * @param temperature what the logits are divided by
     * @return this builder
     */
    public Builder temperature(double temperature) {
      if (!(temperature >= 0) || Double.isInfinite(temperature)) {
        throw new IllegalArgumentException("temperature is " + temperature + "; 0 or more, finite");
      }
      this.temperature = temperature;
      return this;
    }

    /**
     * Limits draws to the K most likely tokens; 0, the default, does not.
     *
     * @param topK how many; 0 is all
     * @return this builder
     */
    public Builder topK(int topK) {
      if (topK < 0) {
        throw new IllegalArgumentException("topK is " + topK + "; 0 (all) or more");
      }
      this.topK = topK;
      return this;
    }

    /**
     * Limits draws to the fewest tokens whose probabilities reach P, in (0, 1]; 1, the default,
     * does not.
     *
     * @param topP the probability, in (0, 1]
     * @return this builder
     */
    public Builder topP(double topP) {
      if (!(topP > 0 && topP <= 1)) {
        throw new IllegalArgumentException("topP is " + topP + "; above 0, at most 1");
      }
      this.topP = topP;
      return this;
    }

    /**
     * Sets the longest response in tokens, at least 1, the stop token included; 1000 by default.
     *
     * @param maxNewTokens the longest response in tokens
     * @return this builder
     */
    public Builder maxNewTokens(int maxNewTokens) {
      if (maxNewTokens < 1) {
        throw new IllegalArgumentException("maxNewTokens is " + maxNewTokens + "; 1 or more");
      }
      this.maxNewTokens = maxNewTokens;
      return this;
    }

    /**
     * Sets whether completions carry each token's log-probability; RISE itself needs none.
     *
     * @param wanted whether completions carry each token's log-probability
     * @return this builder
     */
    public Builder logProbabilities(boolean wanted) {
      this.logProbabilities = wanted;
      return this;
    }

    /**
     * Builds the options.
     *
     * @return the options
     */
    public SamplingOptions build() {
      return new SamplingOptions(copy());
    }

    private Builder copy() {
      Builder copy = new Builder();
      copy.temperature = temperature;
      copy.topK = topK;
      copy.topP = topP;
      copy.maxNewTokens = maxNewTokens;
      copy.logProbabilities = logProbabilities;
      return copy;
    }
  }
}
