package org.riselm.core.policy;

import static java.util.Objects.requireNonNull;

/**
 * One training: the user's options, and what else has to be decided for it. A trainer makes one for
 * each iteration.
 *
 * @param options the user's
 * @param learningRate the peak, above 0: that of the options, or the policy's own default
 * @param seed of the order of the examples
 * @param normalization what the loss of a step is divided by
 */
public record TrainingRequest(
    TrainingOptions options, double learningRate, long seed, LossNormalization normalization) {
  /** Checks the components. */
  public TrainingRequest {
    requireNonNull(options, "options");
    requireNonNull(normalization, "normalization");
    if (!(learningRate > 0) || Double.isInfinite(learningRate)) {
      throw new IllegalArgumentException(
          "learningRate is " + learningRate + "; it must be above 0 and finite");
    }
  }

  /**
   * {@return a training with {@code options}, seed 0 and a loss normalized by weight}
   *
   * @param options the options
   * @param policy to train; its default learning rate is taken where the options set none
   */
  public static TrainingRequest of(TrainingOptions options, TrainablePolicy policy) {
    return of(options, policy.defaultLearningRate());
  }

  /**
   * {@return a training with {@code options}, seed 0 and a loss normalized by weight}
   *
   * @param options the options
   * @param defaultLearningRate the peak where the options set none
   */
  public static TrainingRequest of(TrainingOptions options, double defaultLearningRate) {
    return new TrainingRequest(
        options,
        options.learningRate().orElse(defaultLearningRate),
        /* seed= */ 0,
        LossNormalization.BY_WEIGHT);
  }

  /**
   * {@return this training with another seed}
   *
   * @param seed decides every random choice
   */
  public TrainingRequest withSeed(long seed) {
    return new TrainingRequest(options, learningRate, seed, normalization);
  }

  /**
   * {@return this training with another normalization}
   *
   * @param normalization what the loss is divided by
   */
  public TrainingRequest withNormalization(LossNormalization normalization) {
    return new TrainingRequest(options, learningRate, seed, normalization);
  }

  /**
   * What the weighted loss of an optimizer step is divided by. The objective decides: it knows
   * which of the two its weights are made for.
   */
  public enum LossNormalization {
    /**
     * The sum of the weights' absolute values: only the weights' proportions count. For weights
     * that say how important one example is against another.
     */
    BY_WEIGHT,
    /**
     * The number of response tokens: the weights' scale counts too, so that a step whose weights
     * are all near 0 changes little. For advantages.
     */
    BY_TOKEN
  }
}
