package org.riselm.core.relabel;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import org.riselm.core.mdp.Reward;
import org.riselm.core.policy.Policy;
import org.riselm.core.policy.ProgressListener;
import org.riselm.core.policy.SamplingOptions;
import org.riselm.core.policy.spi.ResponseCache;

/** What a relabeler may use. Immutable. */
public final class RelabelContext {
  private final Builder values;

  private RelabelContext(Builder values) {
    this.values = values;
  }

  /**
   * Starts from the defaults.
   *
   * @param policy the learner, as it was when it made the attempts
   * @param reward scores responses
   * @return a builder
   */
  public static Builder builder(Policy policy, Reward reward) {
    return new Builder(policy, reward);
  }

  /** {@return the learner, as it was when it made the attempts} */
  public Policy policy() {
    return values.policy;
  }

  /** {@return what scores responses} */
  public Reward reward() {
    return values.reward;
  }

  /** {@return how the learner's responses are sampled} */
  public SamplingOptions sampling() {
    return values.sampling;
  }

  /** {@return the seed of the run} */
  public long seed() {
    return values.seed;
  }

  /** {@return the iteration under way} */
  public int iteration() {
    return values.iteration;
  }

  /** {@return what is told as responses come} */
  public ProgressListener progress() {
    return values.progress;
  }

  /** {@return what keeps other policies' responses; those of {@link #policy} are kept already} */
  public ResponseCache responseCache() {
    return values.responseCache;
  }

  /** {@return the longest that one call of user code may take; {@link #reward} heeds it already} */
  public Duration callDeadline() {
    return values.callDeadline;
  }

  /** Collects a {@link RelabelContext}. Not thread-safe. */
  public static final class Builder {
    private final Policy policy;
    private final Reward reward;
    private SamplingOptions sampling = SamplingOptions.ofDefaults();
    private long seed;
    private int iteration = 1;
    private ProgressListener progress = ProgressListener.NONE;
    private ResponseCache responseCache = ResponseCache.NONE;
    private Duration callDeadline = Duration.ofMinutes(1);

    private Builder(Policy policy, Reward reward) {
      this.policy = requireNonNull(policy, "policy");
      this.reward = requireNonNull(reward, "reward");
    }

    /**
     * Sets how the learner's responses are sampled; the defaults of the options by default.
     *
     * @param sampling how the learner's responses are sampled
     * @return this builder
     */
    public Builder sampling(SamplingOptions sampling) {
      this.sampling = requireNonNull(sampling, "sampling");
      return this;
    }

    /**
     * Sets the seed of the run; 0 by default.
     *
     * @param seed the seed of the run
     * @return this builder
     */
    public Builder seed(long seed) {
      this.seed = seed;
      return this;
    }

    /**
     * Sets the iteration under way; 1 by default.
     *
     * @param iteration the iteration under way
     * @return this builder
     */
    public Builder iteration(int iteration) {
      this.iteration = iteration;
      return this;
    }

    /**
     * Sets what is told as responses come; nothing by default.
     *
     * @param progress what is told as responses come
     * @return this builder
     */
    public Builder progress(ProgressListener progress) {
      this.progress = requireNonNull(progress, "progress");
      return this;
    }

    /**
     * Sets what keeps other policies' responses; nothing by default.
     *
     * @param cache what keeps other policies' responses
     * @return this builder
     */
    public Builder responseCache(ResponseCache cache) {
      this.responseCache = requireNonNull(cache, "cache");
      return this;
    }

    /**
     * Sets the longest that one call of user code may take; a minute by default.
     *
     * @param deadline the longest that one call of user code may take
     * @return this builder
     */
    public Builder callDeadline(Duration deadline) {
      this.callDeadline = requireNonNull(deadline, "deadline");
      return this;
    }

    /**
     * Builds the context.
     *
     * @return the context
     */
    public RelabelContext build() {
      Builder copy = new Builder(policy, reward);
      copy.sampling = sampling;
      copy.seed = seed;
      copy.iteration = iteration;
      copy.progress = progress;
      copy.responseCache = responseCache;
      copy.callDeadline = callDeadline;
      return new RelabelContext(copy);
    }
  }
}
