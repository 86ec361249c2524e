package org.riselm.core.run;

import java.time.Duration;
import java.util.List;

/**
 * How a run uses its directory and how long it waits for user code. Immutable. These options change
 * nothing of what a run computes, so they may differ between the processes of one run.
 */
public final class RunOptions {
  private final Builder values;

  private RunOptions(Builder values) {
    this.values = values;
  }

  /** {@return the defaults, which are stated at {@link Builder}} */
  public static RunOptions ofDefaults() {
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

  /** {@return how many of the latest checkpoints stay, besides the best and the base} */
  public int keepCheckpoints() {
    return values.keepCheckpoints;
  }

  /** {@return how long after a checkpoint within a training the next is due} */
  public Duration checkpointInterval() {
    return values.checkpointInterval;
  }

  /** {@return the longest that one call of a verifier, a feedback or a solution may take} */
  public Duration callDeadline() {
    return values.callDeadline;
  }

  private List<Object> parts() {
    return List.of(keepCheckpoints(), checkpointInterval(), callDeadline());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RunOptions that && parts().equals(that.parts());
  }

  @Override
  public int hashCode() {
    return parts().hashCode();
  }

  @Override
  public String toString() {
    return "keepCheckpoints %d, checkpointInterval %s, callDeadline %s"
        .formatted(parts().toArray());
  }

  /** Collects {@link RunOptions}. Not thread-safe. */
  public static final class Builder {
    private int keepCheckpoints = 2;
    private Duration checkpointInterval = Duration.ofMinutes(10);
    private Duration callDeadline = Duration.ofMinutes(1);

    private Builder() {}

    /**
     * Sets how many of the latest checkpoints stay, at least 1; 2 by default.
     *
     * @param count how many of the latest checkpoints stay
     * @return this builder
     */
    public Builder keepCheckpoints(int count) {
      if (count < 1) {
        throw new IllegalArgumentException("keepCheckpoints is " + count + "; 1 or more");
      }
      this.keepCheckpoints = count;
      return this;
    }

    /**
     * Sets how long after a checkpoint within a training the next is due, at least 0; 10 minutes by
     * default. A process that dies in a training loses at most the steps since the last checkpoint.
     * Zero writes one after every step.
     *
     * @param interval how long after a checkpoint within a training the next is due
     * @return this builder
     */
    public Builder checkpointInterval(Duration interval) {
      if (interval.isNegative()) {
        throw new IllegalArgumentException("checkpointInterval is " + interval + "; 0 or more");
      }
      this.checkpointInterval = interval;
      return this;
    }

    /**
     * Sets the longest that one call of a verifier, a feedback or a reference solution may take,
     * above 0; a minute by default. A call that takes longer is interrupted and counts as failed:
     * it is recorded on its turn, with reward 0, and may still be under way when the next is made.
     * The verifiers of {@code org.riselm.core.task} and {@link org.riselm.core.rollout.Critic} have
     * no deadline; other feedback for batches has one for each batch.
     *
     * @param deadline the longest that one call of a verifier
     * @return this builder
     */
    public Builder callDeadline(Duration deadline) {
      if (deadline.isZero() || deadline.isNegative()) {
        throw new IllegalArgumentException("callDeadline is " + deadline + "; above 0");
      }
      this.callDeadline = deadline;
      return this;
    }

    /**
     * Builds the options.
     *
     * @return the options
     */
    public RunOptions build() {
      return new RunOptions(copy());
    }

    private Builder copy() {
      Builder copy = new Builder();
      copy.keepCheckpoints = keepCheckpoints;
      copy.checkpointInterval = checkpointInterval;
      copy.callDeadline = callDeadline;
      return copy;
    }
  }
}
