package org.riselm.core.policy;

import org.jspecify.annotations.Nullable;

/**
 * How far a piece of work is: a batch of queries, a stage that samples, or a training. All numbers
 * are sums from its start.
 *
 * @param done responses that were sampled or, in training, optimizer steps
 * @param total how many there will be at most; falls when episodes end early
 * @param tokens sampled or, in training, put through the model
 * @param meanReward of the responses that were scored so far; NaN before the first and in training
 * @param step the optimizer step that was just done; null outside training
 */
public record ProgressEvent(
    long done, long total, long tokens, double meanReward, @Nullable TrainingStep step) {

  /**
   * {@return progress in sampling}
   *
   * @param done the responses that are there
   * @param total the responses that will be
   * @param tokens the tokens sampled so far
   * @param meanReward the mean reward so far; NaN if there is none
   */
  public static ProgressEvent ofSampling(long done, long total, long tokens, double meanReward) {
    return new ProgressEvent(done, total, tokens, meanReward, /* step= */ null);
  }

  /**
   * {@return progress in training}
   *
   * @param step the optimizer step
   * @param tokens put through the model, {@code step}'s included
   */
  public static ProgressEvent ofTraining(TrainingStep step, long tokens) {
    return new ProgressEvent(step.number(), step.total(), tokens, Double.NaN, step);
  }

  /** {@return the loss of the latest optimizer step, in nats per token; NaN outside training} */
  public double loss() {
    return step == null ? Double.NaN : step.loss();
  }

  /**
   * One optimizer step.
   *
   * @param number from 1
   * @param total how many there will be
   * @param loss weighted mean negative log-likelihood per response token, in nats; not finite if
   *     the step was skipped for that
   * @param gradientNorm global L2 norm before clipping; NaN if the backend does not know it,
   *     infinite if the gradients were not finite
   * @param learningRate that was used
   * @param tokens put through the model in this step, padding not counted
   */
  public record TrainingStep(
      int number, int total, double loss, double gradientNorm, double learningRate, long tokens) {

    /** {@return whether it changed nothing, because its loss or its gradients were not finite} */
    public boolean skipped() {
      return !Double.isFinite(loss) || Double.isInfinite(gradientNorm);
    }
  }
}
