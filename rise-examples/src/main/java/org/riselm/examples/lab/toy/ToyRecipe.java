package org.riselm.examples.lab.toy;

import org.riselm.core.policy.TrainingOptions;
import org.riselm.core.policy.TrainingRequest;

/**
 * How much a showcase trains.
 *
 * @param baseSteps optimizer steps of the base, each on fresh problems
 * @param iterationProblems fresh problems that an iteration collects on
 * @param iterationSteps optimizer steps of an iteration
 * @param batchSize examples per step
 */
public record ToyRecipe(int baseSteps, int iterationProblems, int iterationSteps, int batchSize) {
  /** Temperature of the reward-weighted regression. */
  public static final double TAU = 0.5;

  /** More answers that self-distillation draws per wrong attempt. */
  public static final int MORE_ANSWERS = 8;

  /** Episodes of one problem whose rewards are compared with each other. */
  public static final int GRADIENT_GROUP = 8;

  // A gradient of rewards is mostly noise: with batches of 320, or at twice the rate, it taught
  // nothing.
  private static final double GRADIENT_RATE = 1e-4;
  private static final int GRADIENT_STEPS = 4;
  private static final double BASE_RATE = 4e-3;
  private static final double ITERATION_RATE = 2e-3;
  private static final double FINAL_SHARE = 0.1;
  private static final int BASE_WARMUP = 50;
  private static final int ITERATION_WARMUP = 20;

  /** Every phase of a showcase, in seconds. Learns nothing. */
  public static ToyRecipe tiny() {
    return new ToyRecipe(40, 64, 10, 16);
  }

  /** Examples that the base learns, each once. */
  public int baseExamples() {
    return baseSteps * batchSize;
  }

  /** How the base is trained. */
  public TrainingRequest base(long seed) {
    return TrainingRequest.of(training(BASE_RATE, BASE_WARMUP, baseSteps), BASE_RATE)
        .withSeed(seed);
  }

  /** How an iteration trains. */
  public TrainingOptions iteration() {
    return training(ITERATION_RATE, ITERATION_WARMUP, iterationSteps);
  }

  /** Iterations of policy gradients, each on fresh episodes: more, and smaller, than RISE's. */
  public int gradientIterations() {
    return Math.max(2, iterationSteps * 2 / 15);
  }

  /** How an iteration of policy gradients trains. */
  public TrainingOptions gradientIteration() {
    return training(GRADIENT_RATE, 0, GRADIENT_STEPS).toBuilder()
        .batchSize(gradientAttempts() / GRADIENT_STEPS)
        .minLearningRateRatio(1)
        .build();
  }

  /** Attempts that an iteration of policy gradients learns from, each once. */
  public int gradientAttempts() {
    return 100 * batchSize;
  }

  /** How an iteration trains, in another number of steps. */
  public TrainingRequest iteration(int steps, long seed) {
    return TrainingRequest.of(training(ITERATION_RATE, ITERATION_WARMUP, steps), ITERATION_RATE)
        .withSeed(seed);
  }

  private TrainingOptions training(double rate, int warmup, int steps) {
    return TrainingOptions.builder()
        .learningRate(rate)
        .warmupSteps(Math.min(warmup, steps / 4))
        .minLearningRateRatio(FINAL_SHARE)
        .batchSize(batchSize)
        .steps(steps)
        .betas(0.9, 0.98)
        .weightDecay(0.01)
        .maxGradientNorm(1)
        .build();
  }
}
