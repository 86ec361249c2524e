package org.riselm.core.policy;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.OptionalDouble;

/**
 * How a policy learns. Immutable; the defaults are those of RISE's released code where it has any
 * (AdamW, cosine to 0).
 */
public final class TrainingOptions {
  /** What happens at a step whose loss or gradients are not finite numbers. */
  public enum NonFinite {
    /** Training stops with an {@link ArithmeticException} that names the step. */
    STOP,
    /** The step changes no parameter, and is counted. */
    SKIP
  }

  /** How the learning rate falls after the warm-up. */
  public enum Schedule {
    /** Not at all. */
    CONSTANT,
    /** In a straight line to the minimum. */
    LINEAR,
    /** Along half a cosine to the minimum. */
    COSINE
  }

  private final Builder values;

  private TrainingOptions(Builder values) {
    this.values = values;
  }

  /** {@return the defaults, which are stated at {@link Builder}} */
  public static TrainingOptions ofDefaults() {
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

  /**
   * {@return the peak learning rate; empty for the {@linkplain TrainablePolicy policy's default}}
   */
  public OptionalDouble learningRate() {
    return values.learningRate;
  }

  /** {@return how the learning rate falls after the warm-up} */
  public Schedule schedule() {
    return values.schedule;
  }

  /** {@return the optimizer steps of linear rise to the peak} */
  public int warmupSteps() {
    return values.warmupSteps;
  }

  /** {@return the learning rate at the end, as a share of the peak} */
  public double minLearningRateRatio() {
    return values.minLearningRateRatio;
  }

  /** {@return the examples per optimizer step} */
  public int batchSize() {
    return values.batchSize;
  }

  /** {@return the passes over the examples; of no effect if {@link #steps} is set} */
  public double epochs() {
    return values.epochs;
  }

  /** {@return the optimizer steps; 0 for as many as the epochs need} */
  public int steps() {
    return values.steps;
  }

  /** {@return the longest global L2 norm of the gradients; 0 for no clipping} */
  public double maxGradientNorm() {
    return values.maxGradientNorm;
  }

  /** {@return AdamW's decoupled weight decay} */
  public double weightDecay() {
    return values.weightDecay;
  }

  /** {@return AdamW's decay rate of the first moment} */
  public double beta1() {
    return values.beta1;
  }

  /** {@return AdamW's decay rate of the second moment} */
  public double beta2() {
    return values.beta2;
  }

  /** {@return AdamW's epsilon} */
  public double epsilon() {
    return values.epsilon;
  }

  /** {@return what happens at a step whose loss or gradients are not finite} */
  public NonFinite nonFinite() {
    return values.nonFinite;
  }

  /**
   * {@return the optimizer steps that {@code examples} examples take}
   *
   * @param examples the examples
   * @throws IllegalArgumentException if the warm-up is longer, so that the learning rate would
   *     never reach its peak
   */
  public int stepsFor(int examples) {
    int needed =
        steps() > 0 ? steps() : (int) Math.max(1, Math.ceil(examples * epochs() / batchSize()));
    if (warmupSteps() > needed) {
      throw new IllegalArgumentException(
          "warmupSteps is %d, but the training has %d steps, so the learning rate would never reach its peak; warm up for fewer steps"
              .formatted(warmupSteps(), needed));
    }
    return needed;
  }

  private List<Object> parts() {
    return List.of(
        learningRate().isPresent() ? learningRate().getAsDouble() : "the policy's default",
        schedule(),
        warmupSteps(),
        minLearningRateRatio(),
        batchSize(),
        epochs(),
        steps(),
        maxGradientNorm(),
        weightDecay(),
        beta1(),
        beta2(),
        epsilon(),
        nonFinite());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TrainingOptions that && parts().equals(that.parts());
  }

  @Override
  public int hashCode() {
    return parts().hashCode();
  }

  @Override
  public String toString() {
    return "learningRate %s, schedule %s, warmupSteps %d, minLearningRateRatio %s, batchSize %d, epochs %s, steps %d, maxGradientNorm %s, weightDecay %s, beta1 %s, beta2 %s, epsilon %s, nonFinite %s"
        .formatted(parts().toArray());
  }

  /** Collects {@link TrainingOptions}. Not thread-safe. */
  public static final class Builder {
    private OptionalDouble learningRate = OptionalDouble.empty();
    private Schedule schedule = Schedule.COSINE;
    private int warmupSteps;
    private double minLearningRateRatio;
    private int batchSize = 16;
    private double epochs = 2;
    private int steps;
    private double maxGradientNorm = 1;
    private double weightDecay;
    private double beta1 = 0.9;
    private double beta2 = 0.999;
    private double epsilon = 1e-8;
    private NonFinite nonFinite = NonFinite.STOP;

    private Builder() {}

    /**
     * Sets the peak learning rate, above 0; by default {@link TrainablePolicy#defaultLearningRate}.
     *
     * @param rate the peak learning rate
     * @return this builder
     */
    public Builder learningRate(double rate) {
      check(rate > 0 && Double.isFinite(rate), "learningRate", rate, "above 0 and finite");
      this.learningRate = OptionalDouble.of(rate);
      return this;
    }

    /**
     * Sets how the rate falls after the warm-up; along a cosine by default.
     *
     * @param schedule how the rate falls after the warm-up
     * @return this builder
     */
    public Builder schedule(Schedule schedule) {
      this.schedule = requireNonNull(schedule, "schedule");
      return this;
    }

    /**
     * Sets the optimizer steps of linear rise to the peak, no more than the training has; 0.
     *
     * @param steps the optimizer steps of linear rise to the peak
     * @return this builder
     */
    public Builder warmupSteps(int steps) {
      check(steps >= 0, "warmupSteps", steps, "0 or more");
      this.warmupSteps = steps;
      return this;
    }

    /**
     * Sets the learning rate at the end as a share of the peak, in [0, 1]; 0 by default.
     *
     * @param ratio the learning rate at the end as a share of the peak
     * @return this builder
     */
    public Builder minLearningRateRatio(double ratio) {
      check(ratio >= 0 && ratio <= 1, "minLearningRateRatio", ratio, "in [0, 1]");
      this.minLearningRateRatio = ratio;
      return this;
    }

    /**
     * Sets the examples per optimizer step, at least 1; 16 by default.
     *
     * @param batchSize the examples per optimizer step
     * @return this builder
     */
    public Builder batchSize(int batchSize) {
      check(batchSize >= 1, "batchSize", batchSize, "1 or more");
      this.batchSize = batchSize;
      return this;
    }

    /**
     * Sets the passes over the examples, above 0; 2 by default.
     *
     * @param epochs the passes over the examples
     * @return this builder
     */
    public Builder epochs(double epochs) {
      check(epochs > 0 && Double.isFinite(epochs), "epochs", epochs, "above 0 and finite");
      this.epochs = epochs;
      return this;
    }

    /**
     * Sets the optimizer steps, whatever the examples; 0, the default, goes by the epochs.
     *
     * @param steps the optimizer steps
     * @return this builder
     */
    public Builder steps(int steps) {
      check(steps >= 0, "steps", steps, "0 or more");
      this.steps = steps;
      return this;
    }

    /**
     * Sets the longest global L2 norm of the gradients; 0 does not clip; 1 by default.
     *
     * @param norm the longest global L2 norm of the gradients
     * @return this builder
     */
    public Builder maxGradientNorm(double norm) {
      check(norm >= 0, "maxGradientNorm", norm, "0 or more");
      this.maxGradientNorm = norm;
      return this;
    }

    /**
     * Sets AdamW's decoupled weight decay, in [0, 1); 0 by default.
     *
     * @param decay AdamW's decoupled weight decay
     * @return this builder
     */
    public Builder weightDecay(double decay) {
      check(decay >= 0 && decay < 1, "weightDecay", decay, "in [0, 1)");
      this.weightDecay = decay;
      return this;
    }

    /**
     * Sets AdamW's decay rates of the moments, each in [0, 1); 0.9 and 0.999 by default.
     *
     * @param beta1 AdamW's decay rates of the moments
     * @param beta2 AdamW's decay rates of the moments
     * @return this builder
     */
    public Builder betas(double beta1, double beta2) {
      check(beta1 >= 0 && beta1 < 1, "beta1", beta1, "in [0, 1)");
      check(beta2 >= 0 && beta2 < 1, "beta2", beta2, "in [0, 1)");
      this.beta1 = beta1;
      this.beta2 = beta2;
      return this;
    }

    /**
     * Sets AdamW's epsilon, above 0; 1e-8 by default.
     *
     * @param epsilon AdamW's epsilon
     * @return this builder
     */
    public Builder epsilon(double epsilon) {
      check(epsilon > 0, "epsilon", epsilon, "above 0");
      this.epsilon = epsilon;
      return this;
    }

    /**
     * Sets what happens at a step whose loss or gradients are not finite; it stops by default.
     *
     * @param nonFinite what happens at a step whose loss or gradients are not finite
     * @return this builder
     */
    public Builder nonFinite(NonFinite nonFinite) {
      this.nonFinite = requireNonNull(nonFinite, "nonFinite");
      return this;
    }

    /**
     * Builds the options.
     *
     * @return the options
     * @throws IllegalArgumentException if the warm-up is longer than the steps that were set
     */
    public TrainingOptions build() {
      TrainingOptions options = new TrainingOptions(copy());
      if (steps > 0) {
        options.stepsFor(1);
      }
      return options;
    }

    private Builder copy() {
      Builder copy = new Builder();
      copy.learningRate = learningRate;
      copy.schedule = schedule;
      copy.warmupSteps = warmupSteps;
      copy.minLearningRateRatio = minLearningRateRatio;
      copy.batchSize = batchSize;
      copy.epochs = epochs;
      copy.steps = steps;
      copy.maxGradientNorm = maxGradientNorm;
      copy.weightDecay = weightDecay;
      copy.beta1 = beta1;
      copy.beta2 = beta2;
      copy.epsilon = epsilon;
      copy.nonFinite = nonFinite;
      return copy;
    }

    private static void check(boolean ok, String name, Object found, String expected) {
      if (!ok) {
        throw new IllegalArgumentException(name + " is " + found + "; it must be " + expected);
      }
    }
  }
}
