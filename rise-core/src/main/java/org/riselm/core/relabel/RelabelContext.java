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
   */
  public static Builder builder(Policy policy, Reward reward) {
    return new Builder(policy, reward);
  }

  /** Returns the learner, as it was when it made the attempts. */
  public Policy policy() {
    return values.policy;
  }

  /** Returns what scores responses. */
  public Reward reward() {
    return values.reward;
  }

  /** Returns how the learner's responses are sampled. */
  public SamplingOptions sampling() {
    return values.sampling;
  }

  /** Returns the seed of the run. */
  public long seed() {
    return values.seed;
  }

  /** Returns the iteration under way. */
  public int iteration() {
    return values.iteration;
  }

  /** Returns what is told as responses come. */
  public ProgressListener progress() {
    return values.progress;
  }

  /** Returns what keeps other policies' responses; those of {@link #policy} are kept already. */
  public ResponseCache responseCache() {
    return values.responseCache;
  }

  /** Returns the longest that one call of user code may take; {@link #reward} heeds it already. */
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

    /** Sets how the learner's responses are sampled; the defaults of the options by default. */
    public Builder sampling(SamplingOptions sampling) {
      this.sampling = requireNonNull(sampling, "sampling");
      return this;
    }

    /** Sets the seed of the run; 0 by default. */
    public Builder seed(long seed) {
      this.seed = seed;
      return this;
    }

    /** Sets the iteration under way; 1 by default. */
    public Builder iteration(int iteration) {
      this.iteration = iteration;
      return this;
    }

    /** Sets what is told as responses come; nothing by default. */
    public Builder progress(ProgressListener progress) {
      this.progress = requireNonNull(progress, "progress");
      return this;
    }

    /** Sets what keeps other policies' responses; nothing by default. */
    public Builder responseCache(ResponseCache cache) {
      this.responseCache = requireNonNull(cache, "cache");
      return this;
    }

    /** Sets the longest that one call of user code may take; a minute by default. */
    public Builder callDeadline(Duration deadline) {
      this.callDeadline = requireNonNull(deadline, "deadline");
      return this;
    }

    /** Builds the context. */
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
