package org.riselm.core.evaluation;

import static java.util.Objects.requireNonNull;

import java.util.List;
import org.riselm.core.inference.VoteRules;
import org.riselm.core.internal.util.Checks;
import org.riselm.core.mdp.Feedback;
import org.riselm.core.mdp.HistoryWindow;
import org.riselm.core.policy.SamplingOptions;

/** How a policy is evaluated. Immutable; the defaults are the paper's budget of five answers. */
public final class EvaluationOptions {
  private final Builder values;

  private EvaluationOptions(Builder values) {
    this.values = values;
  }

  /** {@return the defaults, which are stated at {@link Builder}} */
  public static EvaluationOptions ofDefaults() {
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
    return values.copy();
  }

  /** {@return T, the turns of a sequential rollout} */
  public int turns() {
    return values.turns;
  }

  /** {@return K, the parallel first responses to each problem} */
  public int samplesPerProblem() {
    return values.samplesPerProblem;
  }

  /** {@return R, the sequential rollouts of each problem; at most K} */
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

  /** {@return how votes are counted} */
  public VoteRules vote() {
    return values.vote;
  }

  private List<Object> parts() {
    return List.of(
        turns(),
        samplesPerProblem(),
        episodesPerProblem(),
        historyWindow(),
        sampling(),
        feedback(),
        vote());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof EvaluationOptions that && parts().equals(that.parts());
  }

  @Override
  public int hashCode() {
    return parts().hashCode();
  }

  @Override
  public String toString() {
    return "turns %d, samplesPerProblem %d, episodesPerProblem %d, historyWindow %s, sampling %s, feedback %s, vote %s"
        .formatted(parts().toArray());
  }

  /** Collects {@link EvaluationOptions}. Not thread-safe. */
  public static final class Builder {
    private int turns = 5;
    private int samplesPerProblem = 5;
    private int episodesPerProblem = 1;
    private HistoryWindow historyWindow = HistoryWindow.latest();
    private SamplingOptions sampling = SamplingOptions.ofMaxNewTokens(1000);
    private Feedback feedback = Feedback.truthful();
    private VoteRules vote = VoteRules.DEFAULT;

    private Builder() {}

    /**
     * Sets T, the turns of a sequential rollout, at least 1; 5 by default.
     *
     * @param turns T
     * @return this builder
     */
    public Builder turns(int turns) {
      this.turns = Checks.atLeastOne("turns", turns);
      return this;
    }

    /**
     * Sets K, the parallel first responses to each problem, at least 1; 5 by default.
     *
     * @param samples K
     * @return this builder
     */
    public Builder samplesPerProblem(int samples) {
      this.samplesPerProblem = Checks.atLeastOne("samplesPerProblem", samples);
      return this;
    }

    /**
     * Sets R, the sequential rollouts of each problem, from 1 to K; 1 by default. More give the
     * metrics m<i>K</i>@t<i>T</i> with both above 1.
     *
     * @param episodes R
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
     * Sets how votes are counted; by default ties go to the answer that was given first.
     *
     * @param vote how votes are counted
     * @return this builder
     */
    public Builder vote(VoteRules vote) {
      this.vote = requireNonNull(vote, "vote");
      return this;
    }

    /**
     * Builds the options.
     *
     * @return the options
     * @throws IllegalArgumentException if there are more episodes than samples per problem
     */
    public EvaluationOptions build() {
      if (episodesPerProblem > samplesPerProblem) {
        throw new IllegalArgumentException(
            "episodesPerProblem is %d; no more than the %d samplesPerProblem"
                .formatted(episodesPerProblem, samplesPerProblem));
      }
      return new EvaluationOptions(copy());
    }

    private Builder copy() {
      Builder copy = new Builder();
      copy.turns = turns;
      copy.samplesPerProblem = samplesPerProblem;
      copy.episodesPerProblem = episodesPerProblem;
      copy.historyWindow = historyWindow;
      copy.sampling = sampling;
      copy.feedback = feedback;
      copy.vote = vote;
      return copy;
    }
  }
}
