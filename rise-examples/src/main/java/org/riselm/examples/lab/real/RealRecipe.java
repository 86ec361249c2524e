package org.riselm.examples.lab.real;

import org.riselm.core.policy.TrainingOptions;

/**
 * How much is done.
 *
 * @param transcripts that the model learns the form from, before RISE
 * @param problems of an iteration
 * @param heldOut problems of an evaluation
 * @param steps optimizer steps of an iteration
 */
record RealRecipe(int transcripts, int problems, int heldOut, int steps) {
  /** Turns of an episode that is learned from. */
  static final int TURNS = 2;

  /** Temperature of the reward-weighted regression. */
  static final double TAU = 0.5;

  /** More responses that self-distillation draws per attempt. */
  static final int MORE_RESPONSES = 8;

  /** Of sampling, in training and in evaluation. */
  static final double TEMPERATURE = 0.8;

  /** Iterations whose problems are all different; later ones meet them again. */
  static final int ITERATIONS = 3;

  private static final int BATCH = 16;
  private static final double RATE = 5e-4;
  private static final int WARMUP = 5;

  /** Half an hour to an hour on two cores. */
  static RealRecipe standard() {
    return new RealRecipe(1120, 160, 300, 32);
  }

  /** A first look, in a third of the time. */
  static RealRecipe small() {
    return new RealRecipe(640, 100, 60, 24);
  }

  /** Every phase, in a minute. Learns nothing. */
  static RealRecipe tiny() {
    return new RealRecipe(32, 6, 6, 2);
  }

  /** How the transcripts are learned, each once. */
  TrainingOptions boosting() {
    return training(boostingSteps()).epochs(1).build();
  }

  /** Optimizer steps before RISE. */
  int boostingSteps() {
    return transcripts / BATCH;
  }

  /** How an iteration trains. */
  TrainingOptions iteration() {
    return training(steps).steps(steps).build();
  }

  private static TrainingOptions.Builder training(int steps) {
    return TrainingOptions.builder()
        .learningRate(RATE)
        .batchSize(BATCH)
        .warmupSteps(Math.min(WARMUP, steps / 4));
  }
}
