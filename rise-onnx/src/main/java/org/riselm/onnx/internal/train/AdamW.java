package org.riselm.onnx.internal.train;

import org.riselm.core.policy.TrainingOptions;
import org.riselm.onnx.artifact.OptimizerModel;

/**
 * Adam with decoupled weight decay (Loshchilov and Hutter 2019), and the clipping before it.
 *
 * @param beta1 decay rate of the first moment
 * @param beta2 decay rate of the second moment
 * @param epsilon added to the root of the second moment
 * @param weightDecay share of the learning rate by which parameters shrink
 * @param decay which parameters shrink
 * @param maxGradientNorm longest global L2 norm of the gradients; 0 does not clip
 */
public record AdamW(
    double beta1,
    double beta2,
    double epsilon,
    double weightDecay,
    Decay decay,
    double maxGradientNorm) {
  /** Which parameters weight decay shrinks. */
  public enum Decay {
    /** Every one, as PyTorch does unless it is given groups. */
    ALL,
    /** Matrices, not norm scales: the custom for transformers. */
    MATRICES
  }

  /** The optimizer that {@code training} asks for; it does not tell which parameters decay. */
  public static AdamW of(TrainingOptions training, Decay decay) {
    return new AdamW(
        training.beta1(),
        training.beta2(),
        training.epsilon(),
        training.weightDecay(),
        decay,
        training.maxGradientNorm());
  }

  /**
   * This, as ONNX Runtime's training has it.
   *
   * @throws IllegalArgumentException if some parameters only are to shrink: it has one weight decay
   *     for all
   */
  public OptimizerModel toArtifact() {
    if (decay != Decay.ALL && weightDecay != 0) {
      throw new IllegalArgumentException(
          "found weight decay %s for %s, expected it for ALL, or 0: the optimizer of ONNX Runtime's training has one weight decay for all parameters; plain sessions have groups"
              .formatted(weightDecay, decay));
    }
    return new OptimizerModel(
        (float) beta1,
        (float) beta2,
        (float) epsilon,
        (float) weightDecay,
        maxGradientNorm == 0 ? Float.POSITIVE_INFINITY : (float) maxGradientNorm);
  }
}
