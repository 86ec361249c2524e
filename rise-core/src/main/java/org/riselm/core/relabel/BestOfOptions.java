package org.riselm.core.relabel;

import static java.util.Objects.requireNonNull;

import java.util.List;

/** What best-of-N does where the paper does not say. Immutable. */
public final class BestOfOptions {
  /** Which of several draws with the same highest reward is taken. */
  public enum Ties {
    /** The first, as in the released code. Drawing stops at the first correct one. */
    FIRST,
    /** The one of the fewest tokens, or words where a response came as text. */
    SHORTEST,
    /**
     * The one nearest to the learner's own response by Levenshtein's distance in words: the least
     * revision.
     */
    NEAREST
  }

  /** What happens where no draw scores above the learner's own incorrect response. */
  public enum NoneBetter {
    /** The own response is the target; its low reward makes it weigh little. As released. */
    KEEP_OWN,
    /** There is no target: the attempt is skipped, and counted. */
    DROP
  }

  private final Ties ties;
  private final NoneBetter noneBetter;

  private BestOfOptions(Builder builder) {
    this.ties = builder.ties;
    this.noneBetter = builder.noneBetter;
  }

  /** {@return the defaults, which are stated at {@link Builder}} */
  public static BestOfOptions ofDefaults() {
    return builder().build();
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
    return builder().ties(ties).noneBetter(noneBetter);
  }

  /** {@return which of several draws with the highest reward is taken} */
  public Ties ties() {
    return ties;
  }

  /** {@return what happens where no draw scores above the learner's own incorrect response} */
  public NoneBetter noneBetter() {
    return noneBetter;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof BestOfOptions that
        && ties == that.ties
        && noneBetter == that.noneBetter;
  }

  @Override
  public int hashCode() {
    return List.of(ties, noneBetter).hashCode();
  }

  @Override
  public String toString() {
    return "ties %s, noneBetter %s".formatted(ties, noneBetter);
  }

  /** Collects {@link BestOfOptions}. Not thread-safe. */
  public static final class Builder {
    private Ties ties = Ties.FIRST;
    private NoneBetter noneBetter = NoneBetter.KEEP_OWN;

    private Builder() {}

    /**
     * Sets which of several draws with the highest reward is taken; the first by default.
     *
     * @param ties which of several draws with the highest reward is taken
     * @return this builder
     */
    public Builder ties(Ties ties) {
      this.ties = requireNonNull(ties, "ties");
      return this;
    }

    /**
     * Sets what happens where no draw is better; the own response is kept by default.
     *
     * @param noneBetter what happens where no draw is better
     * @return this builder
     */
    public Builder noneBetter(NoneBetter noneBetter) {
      this.noneBetter = requireNonNull(noneBetter, "noneBetter");
      return this;
    }

    /**
     * Builds the options.
     *
     * @return the options
     */
    public BestOfOptions build() {
      return new BestOfOptions(this);
    }
  }
}
