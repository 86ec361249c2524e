package org.riselm.core.policy;

/**
 * One optimizer step.
 *
 * @param number from 1
 * @param total how many there will be
 * @param loss weighted mean negative log-likelihood per response token, in nats; not finite if the
 *     step was skipped for that
 * @param gradientNorm global L2 norm before clipping; NaN if the backend does not know it, infinite
 *     if the gradients were not finite
 * @param learningRate that was used
 * @param tokens put through the model in this step, padding not counted
 */
public record TrainingStep(
    int number, int total, double loss, double gradientNorm, double learningRate, long tokens) {

  /** Returns whether it changed nothing, because its loss or its gradients were not finite. */
  public boolean skipped() {
    return !Double.isFinite(loss) || Double.isInfinite(gradientNorm);
  }
}
