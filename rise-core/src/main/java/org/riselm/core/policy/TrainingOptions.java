package org.riselm.core.policy;

import static java.util.Objects.requireNonNull;

/**
 * How a policy learns. A value; {@link #builder} starts from the defaults, which are the released
 * RISE code's where it has any (AdamW, cosine to 0, 4 % warm-up).
 *
 * @param learningRate the peak
 * @param schedule how the rate falls after the warm-up
 * @param warmupSteps optimizer steps of linear rise to the peak
 * @param minLearningRateRatio what is left of the peak at the end of a cosine, in [0, 1]
 * @param batchSize examples per optimizer step
 * @param epochs passes over the examples; ignored if {@code steps} is set
 * @param steps optimizer steps; 0 is as many as the epochs need
 * @param maxGradientNorm longest global L2 norm of the gradients; 0 does not clip
 * @param weightDecay of AdamW
 * @param beta1 of AdamW
 * @param beta2 of AdamW
 * @param epsilon of AdamW
 * @param seed of the order of the examples
 * @param normalization what the loss of a step is divided by
 * @param nonFinite what happens at a step whose loss or gradients are not finite
 */
public record TrainingOptions(
    double learningRate,
    Schedule schedule,
    int warmupSteps,
    double minLearningRateRatio,
    int batchSize,
    double epochs,
    int steps,
    double maxGradientNorm,
    double weightDecay,
    double beta1,
    double beta2,
    double epsilon,
    long seed,
    LossNormalization normalization,
    NonFinite nonFinite) {
  /**
   * What the weighted loss of a step is divided by; an objective knows which its weights are made
   * for.
   */
  public enum LossNormalization {
    /**
     * The sum of the weights' absolute values: only their proportions count. Right for weights that
     * say how important examples are, one against another.
     */
    BY_WEIGHT,
    /**
     * The number of response tokens: the weights' scale counts too, so that a step whose weights
     * are all near 0 moves little. Right for advantages.
     */
    BY_TOKEN
  }

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
    /** In a straight line to the final share. */
    LINEAR,
    /** Along half a cosine to the final share. */
    COSINE
  }

  public TrainingOptions {
    requireNonNull(schedule, "schedule");
    requireNonNull(normalization, "normalization");
    requireNonNull(nonFinite, "nonFinite");
    check(learningRate > 0 && Double.isFinite(learningRate), "learningRate", learningRate, "> 0");
    check(warmupSteps >= 0, "warmupSteps", warmupSteps, ">= 0");
    check(
        minLearningRateRatio >= 0 && minLearningRateRatio <= 1,
        "minLearningRateRatio",
        minLearningRateRatio,
        "in [0, 1]");
    check(batchSize >= 1, "batchSize", batchSize, ">= 1");
    check(epochs > 0 && Double.isFinite(epochs), "epochs", epochs, "> 0");
    check(steps >= 0, "steps", steps, ">= 0");
    check(maxGradientNorm >= 0, "maxGradientNorm", maxGradientNorm, ">= 0");
    check(weightDecay >= 0 && weightDecay < 1, "weightDecay", weightDecay, "in [0, 1)");
    check(beta1 >= 0 && beta1 < 1, "beta1", beta1, "in [0, 1)");
    check(beta2 >= 0 && beta2 < 1, "beta2", beta2, "in [0, 1)");
    check(epsilon > 0, "epsilon", epsilon, "> 0");
  }

  private static void check(boolean ok, String name, Object found, String expected) {
    if (!ok) {
      throw new IllegalArgumentException(name + " is " + found + "; it must be " + expected);
    }
  }

  /** The defaults: cosine to 0 from 1e-5, batches of 16, two epochs, clipped at 1. */
  public static TrainingOptions ofDefaults() {
    return builder().build();
  }

  /** Starts from the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** A builder that starts from this. */
  public Builder toBuilder() {
    Builder b = new Builder();
    b.learningRate = learningRate;
    b.schedule = schedule;
    b.warmupSteps = warmupSteps;
    b.minLearningRateRatio = minLearningRateRatio;
    b.batchSize = batchSize;
    b.epochs = epochs;
    b.steps = steps;
    b.maxGradientNorm = maxGradientNorm;
    b.weightDecay = weightDecay;
    b.beta1 = beta1;
    b.beta2 = beta2;
    b.epsilon = epsilon;
    b.seed = seed;
    b.normalization = normalization;
    b.nonFinite = nonFinite;
    return b;
  }

  /** The optimizer steps that {@code examples} examples take. */
  public int stepsFor(int examples) {
    if (steps > 0) {
      return steps;
    }
    return (int) Math.max(1, Math.ceil(examples * epochs / batchSize));
  }

  /** Collects settings. Not thread-safe. */
  public static final class Builder {
    private double learningRate = 1e-5;
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
    private long seed;
    private LossNormalization normalization = LossNormalization.BY_WEIGHT;
    private NonFinite nonFinite = NonFinite.STOP;

    private Builder() {}

    /** The peak learning rate. */
    public Builder learningRate(double learningRate) {
      this.learningRate = learningRate;
      return this;
    }

    /** How the rate falls after the warm-up. */
    public Builder schedule(Schedule schedule) {
      this.schedule = schedule;
      return this;
    }

    /** Optimizer steps of linear rise to the peak. */
    public Builder warmupSteps(int warmupSteps) {
      this.warmupSteps = warmupSteps;
      return this;
    }

    /** What is left of the peak at the end, in [0, 1]. */
    public Builder minLearningRateRatio(double share) {
      this.minLearningRateRatio = share;
      return this;
    }

    /** Examples per optimizer step. */
    public Builder batchSize(int batchSize) {
      this.batchSize = batchSize;
      return this;
    }

    /** Passes over the examples. */
    public Builder epochs(double epochs) {
      this.epochs = epochs;
      return this;
    }

    /** Optimizer steps, whatever the number of examples; 0 goes by the epochs. */
    public Builder steps(int steps) {
      this.steps = steps;
      return this;
    }

    /** Longest global L2 norm of the gradients; 0 does not clip. */
    public Builder maxGradientNorm(double norm) {
      this.maxGradientNorm = norm;
      return this;
    }

    /** AdamW's decoupled weight decay. */
    public Builder weightDecay(double weightDecay) {
      this.weightDecay = weightDecay;
      return this;
    }

    /** AdamW's decay rates of the first and second moment. */
    public Builder betas(double beta1, double beta2) {
      this.beta1 = beta1;
      this.beta2 = beta2;
      return this;
    }

    /** AdamW's epsilon. */
    public Builder epsilon(double epsilon) {
      this.epsilon = epsilon;
      return this;
    }

    /** Seed of the order of the examples. */
    public Builder seed(long seed) {
      this.seed = seed;
      return this;
    }

    /** What the loss of a step is divided by; in a run, the objective decides. */
    public Builder normalization(LossNormalization normalization) {
      this.normalization = normalization;
      return this;
    }

    /** What happens at a step whose loss or gradients are not finite; by default it stops. */
    public Builder nonFinite(NonFinite nonFinite) {
      this.nonFinite = nonFinite;
      return this;
    }

    /**
     * The settings.
     *
     * @throws IllegalArgumentException naming the setting that is out of its range
     */
    public TrainingOptions build() {
      return new TrainingOptions(
          learningRate,
          schedule,
          warmupSteps,
          minLearningRateRatio,
          batchSize,
          epochs,
          steps,
          maxGradientNorm,
          weightDecay,
          beta1,
          beta2,
          epsilon,
          seed,
          normalization,
          nonFinite);
    }
  }
}
