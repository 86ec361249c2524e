package org.riselm.onnx.internal.train;

import org.riselm.core.policy.TrainingOptions;

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
}
