package org.riselm.core;

import static java.util.Objects.requireNonNull;

import java.util.List;
import org.riselm.core.mdp.Example;

/** How the iterations of a run build on one another. Immutable. */
public final class IterationPlan {
  /** The parameters that a training starts from. */
  public enum Start {
    /** The last parameters. */
    LAST,
    /** The parameters that the policy came with. */
    BASE
  }

  private final Builder values;

  private IterationPlan(Builder values) {
    this.values = values;
  }

  /** {@return the default: each iteration goes on from the last, on its own examples only} */
  public static IterationPlan continuing() {
    return builder().build();
  }

  /** {@return the paper's: each iteration restarts from the base, on all iterations' examples} */
  public static IterationPlan restarting() {
    return builder().start(Start.BASE).replay(1).build();
  }

  /**
   * Starts from {@link #continuing}.
   *
   * @return a builder
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Starts from this plan.
   *
   * @return a builder
   */
  public Builder toBuilder() {
    return values.copy();
  }

  /** {@return the parameters that each training starts from} */
  public Start start() {
    return values.start;
  }

  /** {@return the share of all earlier iterations' examples that is learned again, in [0, 1]} */
  public double replay() {
    return values.replay;
  }

  /**
   * {@return what the first iteration learns instead of the policy's own attempts; may be empty}
   */
  public List<Example> warmStart() {
    return values.warmStart;
  }

  /** {@return other examples to learn beside those of every iteration; may be empty} */
  public List<Example> mixed() {
    return values.mixed;
  }

  /** {@return the share of a training's examples that comes from {@link #mixed}, in [0, 1)} */
  public double mixedShare() {
    return values.mixedShare;
  }

  /**
   * {@return how many iterations may pass without a better score before {@link RiseTrainer#run}
   * stops; 0 if it never stops early}
   */
  public int patience() {
    return values.patience;
  }

  /** {@return whether {@link RiseTrainer#run} ends with the parameters of the best score} */
  public boolean keepBest() {
    return values.keepBest;
  }

  private List<Object> parts() {
    return List.of(start(), replay(), warmStart(), mixedShare(), mixed(), patience(), keepBest());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof IterationPlan that && parts().equals(that.parts());
  }

  @Override
  public int hashCode() {
    return parts().hashCode();
  }

  @Override
  public String toString() {
    return "start %s, replay %s, warmStart of %d examples, mixed %s of %d examples, patience %d, keepBest %s"
        .formatted(
            start(),
            replay(),
            warmStart().size(),
            mixedShare(),
            mixed().size(),
            patience(),
            keepBest());
  }

  /** Collects an {@link IterationPlan}. Not thread-safe. */
  public static final class Builder {
    private Start start = Start.LAST;
    private double replay;
    private List<Example> warmStart = List.of();
    private List<Example> mixed = List.of();
    private double mixedShare;
    private int patience;
    private boolean keepBest;

    private Builder() {}

    /**
     * Sets the parameters that each training starts from; the last by default.
     *
     * @param start the parameters that each training starts from
     * @return this builder
     */
    public Builder start(Start start) {
      this.start = requireNonNull(start, "start");
      return this;
    }

    /**
     * Sets the share of all earlier iterations' examples that is learned again, in [0, 1]; 0 by
     * default. They keep the weights of their own iteration; centering never looks across
     * iterations.
     *
     * @param share the share of all earlier iterations' examples that is learned again
     * @return this builder
     */
    public Builder replay(double share) {
      if (!(share >= 0 && share <= 1)) {
        throw new IllegalArgumentException("replay is " + share + "; in [0, 1]");
      }
      this.replay = share;
      return this;
    }

    /**
     * Sets supervised examples for the first iteration, for a base that is too weak to learn from
     * its own attempts ("knowledge boosting": RISE, section 5; {@link SupervisedExamples} makes
     * such examples); none by default. The policy's own iterations count from the second.
     *
     * @param examples supervised examples for the first iteration
     * @return this builder
     */
    public Builder warmStart(List<Example> examples) {
      this.warmStart = List.copyOf(examples);
      return this;
    }

    /**
     * Sets examples to learn beside those of every iteration; none by default.
     *
     * @param examples examples to learn beside those of every iteration
     * @param share of a training's examples, in [0, 1); 0 if there are none
     * @return this builder
     */
    public Builder mixed(List<Example> examples, double share) {
      if (!(share >= 0 && share < 1) || (examples.isEmpty() && share > 0)) {
        throw new IllegalArgumentException(
            "mixedShare is %s of %d examples; in [0, 1), and 0 of none"
                .formatted(share, examples.size()));
      }
      this.mixed = List.copyOf(examples);
      this.mixedShare = share;
      return this;
    }

    /**
     * Sets how many iterations may pass without a better score before {@link RiseTrainer#run}
     * stops; 0, the default, never stops early.
     *
     * @param iterations how many iterations may pass without a better score before {@link
     *     RiseTrainer#run} stops
     * @return this builder
     */
    public Builder patience(int iterations) {
      if (iterations < 0) {
        throw new IllegalArgumentException("patience is " + iterations + "; 0 or more");
      }
      this.patience = iterations;
      return this;
    }

    /**
     * Sets whether {@link RiseTrainer#run} ends with the best parameters; not by default.
     *
     * @param keepBest whether {@link RiseTrainer#run} ends with the best parameters
     * @return this builder
     */
    public Builder keepBest(boolean keepBest) {
      this.keepBest = keepBest;
      return this;
    }

    /**
     * Builds the plan.
     *
     * @return the plan
     */
    public IterationPlan build() {
      return new IterationPlan(copy());
    }

    private Builder copy() {
      Builder copy = new Builder();
      copy.start = start;
      copy.replay = replay;
      copy.warmStart = warmStart;
      copy.mixed = mixed;
      copy.mixedShare = mixedShare;
      copy.patience = patience;
      copy.keepBest = keepBest;
      return copy;
    }
  }
}
