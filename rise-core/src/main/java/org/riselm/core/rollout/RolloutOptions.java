package org.riselm.core.rollout;

import static java.util.Objects.requireNonNull;

import java.util.List;
import org.riselm.core.internal.util.Checks;
import org.riselm.core.mdp.Feedback;
import org.riselm.core.mdp.HistoryWindow;
import org.riselm.core.mdp.Reward;
import org.riselm.core.policy.SamplingOptions;

/** How episodes are unrolled. Immutable. */
public final class RolloutOptions {
  private final Builder values;

  private RolloutOptions(Builder values) {
    this.values = values;
  }

  /**
   * Starts from the defaults.
   *
   * @param reward scores responses
   * @return a builder
   */
  public static Builder builder(Reward reward) {
    return new Builder(reward);
  }

  /**
   * Starts from these options.
   *
   * @return a builder
   */
  public Builder toBuilder() {
    return values.copy();
  }

  /** {@return what scores responses} */
  public Reward reward() {
    return values.reward;
  }

  /** {@return the turns of the longest episode} */
  public int turns() {
    return values.turns;
  }

  /** {@return whether a correct response ends an episode} */
  public boolean stopWhenCorrect() {
    return values.stopWhenCorrect;
  }

  /** {@return the episodes of each problem} */
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

  /** {@return the most tokens that all episodes of a problem may sample together} */
  public long tokensPerProblem() {
    return values.tokensPerProblem;
  }

  private List<Object> parts() {
    return List.of(
        turns(),
        stopWhenCorrect(),
        episodesPerProblem(),
        historyWindow(),
        sampling(),
        feedback(),
        reward(),
        tokensPerProblem());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RolloutOptions that && parts().equals(that.parts());
  }

  @Override
  public int hashCode() {
    return parts().hashCode();
  }

  @Override
  public String toString() {
    return "turns %d, stopWhenCorrect %s, episodesPerProblem %d, historyWindow %s, sampling %s, feedback %s, reward %s, tokensPerProblem %d"
        .formatted(parts().toArray());
  }

  /** Collects {@link RolloutOptions}. Not thread-safe. */
  public static final class Builder {
    private Reward reward;
    private int turns = 5;
    private boolean stopWhenCorrect;
    private int episodesPerProblem = 1;
    private HistoryWindow historyWindow = HistoryWindow.latest();
    private SamplingOptions sampling = SamplingOptions.ofDefaults();
    private Feedback feedback = Feedback.truthful();
    private long tokensPerProblem = Long.MAX_VALUE;

    private Builder(Reward reward) {
      this.reward = requireNonNull(reward, "reward");
    }

    /**
     * Sets what scores responses.
     *
     * @param reward what scores responses
     * @return this builder
     */
    public Builder reward(Reward reward) {
      this.reward = requireNonNull(reward, "reward");
      return this;
    }

    /**
     * Sets the turns of the longest episode, at least 1; 5 by default.
     *
     * @param turns the turns of the longest episode
     * @return this builder
     */
    public Builder turns(int turns) {
      this.turns = Checks.atLeastOne("turns", turns);
      return this;
    }

    /**
     * Sets whether a correct response ends an episode, as in the paper. It does not by default:
     * turns after a correct response teach the policy to keep it.
     *
     * @param stop whether a correct response ends an episode
     * @return this builder
     */
    public Builder stopWhenCorrect(boolean stop) {
      this.stopWhenCorrect = stop;
      return this;
    }

    /**
     * Sets the episodes of each problem, at least 1; 1 by default.
     *
     * @param episodes the episodes of each problem
     * @return this builder
     */
    public Builder episodesPerProblem(int episodes) {
      this.episodesPerProblem = Checks.atLeastOne("episodesPerProblem", episodes);
      return this;
    }

    /**
     * Sets which earlier turns the policy sees; the latest by default.
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
     * Sets what is said between turns; truthful feedback by default.
     *
     * @param feedback what is said between turns
     * @return this builder
     */
    public Builder feedback(Feedback feedback) {
      this.feedback = requireNonNull(feedback, "feedback");
      return this;
    }

    /**
     * Sets the most tokens that all episodes of a problem may sample together; without a limit by
     * default. An episode goes on only while its next response cannot exceed that.
     *
     * @param tokens the most tokens that all episodes of a problem may sample together
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
     * @throws IllegalArgumentException if the tokens per problem do not suffice for first turns
     */
    public RolloutOptions build() {
      long firstTurns = (long) episodesPerProblem * sampling.maxNewTokens();
      if (tokensPerProblem < firstTurns) {
        throw new IllegalArgumentException(
            "tokensPerProblem is %d, but %d first turns of up to %d tokens may take %d; allow more, or sample fewer or shorter responses"
                .formatted(
                    tokensPerProblem, episodesPerProblem, sampling.maxNewTokens(), firstTurns));
      }
      return new RolloutOptions(copy());
    }

    private Builder copy() {
      Builder copy = new Builder(reward);
      copy.turns = turns;
      copy.stopWhenCorrect = stopWhenCorrect;
      copy.episodesPerProblem = episodesPerProblem;
      copy.historyWindow = historyWindow;
      copy.sampling = sampling;
      copy.feedback = feedback;
      copy.tokensPerProblem = tokensPerProblem;
      return copy;
    }
  }
}
