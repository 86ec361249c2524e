package org.riselm.core.inference;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.stream.IntStream;
import org.riselm.core.internal.util.Checks;
import org.riselm.core.mdp.Feedback;
import org.riselm.core.mdp.HistoryWindow;
import org.riselm.core.policy.SamplingOptions;

/** How a policy revises at deployment. Immutable. */
public final class IntrospectionOptions {
  private final Builder values;

  private IntrospectionOptions(Builder values) {
    this.values = values;
  }

  /**
   * Starts from the defaults.
   *
   * @param feedback what is said between turns, as in training
   * @return a builder
   */
  public static Builder builder(Feedback feedback) {
    return new Builder(feedback);
  }

  /**
   * Starts from these options.
   *
   * @return a builder
   */
  public Builder toBuilder() {
    return values.copy();
  }

  /** {@return T, the turns of the longest episode} */
  public int turns() {
    return values.turns;
  }

  /** {@return K, the parallel episodes of each problem} */
  public int episodesPerProblem() {
    return values.episodesPerProblem;
  }

  /** {@return which earlier turns the policy sees} */
  public HistoryWindow historyWindow() {
    return values.historyWindow;
  }

  /** {@return how responses are sampled} */
  public SamplingOptions sampling() {
    return values.sampling;
  }

  /** {@return what is said between turns} */
  public Feedback feedback() {
    return values.feedback;
  }

  /** {@return the most tokens that a problem may take, over all its episodes and turns} */
  public long tokensPerProblem() {
    return values.tokensPerProblem;
  }

  /**
   * {@return these options in every shape of {@code responses} responses, from all in parallel to
   * all in sequence: the grid of Snell et al} (arXiv 2408.03314) under one budget.
   *
   * @param responses the responses
   */
  public List<IntrospectionOptions> grid(int responses) {
    return IntStream.rangeClosed(1, responses)
        .filter(turns -> responses % turns == 0)
        .mapToObj(t -> toBuilder().turns(t).episodesPerProblem(responses / t).build())
        .toList();
  }

  private List<Object> parts() {
    return List.of(
        turns(), episodesPerProblem(), historyWindow(), sampling(), feedback(), tokensPerProblem());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof IntrospectionOptions that && parts().equals(that.parts());
  }

  @Override
  public int hashCode() {
    return parts().hashCode();
  }

  @Override
  public String toString() {
    return "turns %d, episodesPerProblem %d, historyWindow %s, sampling %s, feedback %s, tokensPerProblem %d"
        .formatted(parts().toArray());
  }

  /** Collects {@link IntrospectionOptions}. Not thread-safe. */
  public static final class Builder {
    private int turns = 5;
    private int episodesPerProblem = 1;
    private HistoryWindow historyWindow = HistoryWindow.latest();
    private SamplingOptions sampling = SamplingOptions.ofMaxNewTokens(1000);
    private Feedback feedback;
    private long tokensPerProblem = Long.MAX_VALUE;

    private Builder(Feedback feedback) {
      this.feedback = requireNonNull(feedback, "feedback");
    }

    /**
     * Sets T, the turns of the longest episode, at least 1; 5 by default.
     *
     * @param turns T
     * @return this builder
     */
    public Builder turns(int turns) {
      this.turns = Checks.atLeastOne("turns", turns);
      return this;
    }

    /**
     * Sets K, the parallel episodes of each problem, at least 1; 1 by default.
     *
     * @param episodes K
     * @return this builder
     */
    public Builder episodesPerProblem(int episodes) {
      this.episodesPerProblem = Checks.atLeastOne("episodesPerProblem", episodes);
      return this;
    }

    /**
     * Sets which earlier turns the policy sees, as in training; the latest by default.
     *
     * @param window which earlier turns the policy sees
     * @return this builder
     */
    public Builder historyWindow(HistoryWindow window) {
      this.historyWindow = requireNonNull(window, "window");
      return this;
    }

    /**
     * Sets how responses are sampled; at temperature 1 and up to 1000 tokens by default.
     *
     * @param sampling how responses are sampled
     * @return this builder
     */
    public Builder sampling(SamplingOptions sampling) {
      this.sampling = requireNonNull(sampling, "sampling");
      return this;
    }

    /**
     * Sets what is said between turns, as in training.
     *
     * @param feedback what is said between turns
     * @return this builder
     */
    public Builder feedback(Feedback feedback) {
      this.feedback = requireNonNull(feedback, "feedback");
      return this;
    }

    /**
     * Sets the most tokens that a problem may take, over all its episodes and turns; without a
     * limit by default. The turn that would begin beyond it is not sampled.
     *
     * @param tokens the most tokens that a problem may take
     * @return this builder
     */
    public Builder tokensPerProblem(long tokens) {
      this.tokensPerProblem = tokens;
      return this;
    }

    /**
     * Builds the options.
     *
     * @return the options
     */
    public IntrospectionOptions build() {
      return new IntrospectionOptions(copy());
    }

    private Builder copy() {
      Builder copy = new Builder(feedback);
      copy.turns = turns;
      copy.episodesPerProblem = episodesPerProblem;
      copy.historyWindow = historyWindow;
      copy.sampling = sampling;
      copy.tokensPerProblem = tokensPerProblem;
      return copy;
    }
  }
}
