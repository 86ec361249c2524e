package org.riselm.onnx.internal.train;

import java.util.ArrayList;
import java.util.List;
import org.riselm.onnx.internal.decoder.ParameterBlock;

/** AdamW over whole blocks of weights, in place. Not thread-safe. */
interface ParameterUpdate extends AutoCloseable {
  /**
   * Prepares to update weights where they are.
   *
   * @param blocks which stay the caller's
   * @param threads that an update may use
   */
  static ParameterUpdate of(Blocks blocks, AdamW settings, int threads) {
    return blocks.weights.block().device().hasOwnMemory()
        ? new DeviceAdamW(blocks, settings)
        : new HostAdamW(blocks, settings, threads);
  }

  /** The global L2 norm of the gradients. */
  double gradientNorm();

  /**
   * Moves the weights against the gradients: p ← p·keep − rate · m / (√(v·correction) + ε).
   *
   * @param step from 1
   * @param gradientNorm as {@link #gradientNorm} told
   */
  void apply(long step, double learningRate, double gradientNorm);

  @Override
  void close();

  /**
   * What an update reads and writes, laid out alike on one device.
   *
   * @param weights that move
   * @param gradients by which they move
   * @param first moments, 0 before the first step
   * @param second moments, the same
   */
  record Blocks(
      ParameterBlock weights,
      ParameterBlock gradients,
      ParameterBlock first,
      ParameterBlock second) {}

  /**
   * A part of the blocks.
   *
   * @param from its first element
   * @param length in elements
   * @param decays whether weight decay shrinks its weights
   */
  record Piece(long from, int length, boolean decays) {
    /** All of a block, in pieces of at most {@code size} elements. */
    static List<Piece> of(ParameterBlock weights, AdamW.Decay decay, int size) {
      long elements = weights.block().elements();
      long matrices = weights.matrixElements();
      List<Piece> pieces = new ArrayList<>();
      long at = 0;
      while (at < elements) {
        long end = at < matrices ? matrices : elements;
        int length = (int) Math.min(size, end - at);
        pieces.add(new Piece(at, length, decay == AdamW.Decay.ALL || at < matrices));
        at += length;
      }
      return pieces;
    }
  }

  /**
   * What is the same for all weights in one step.
   *
   * @param clip factor of the gradients
   * @param rate the learning rate, corrected for the first moments' start at 0
   * @param correction of the second moments' start at 0
   * @param keepDecayed what weight decay leaves of a weight that it shrinks
   */
  record Scalars(float clip, float rate, float correction, float keepDecayed) {
    /** The scalars of {@code step}, which counts from 1. */
    static Scalars of(AdamW settings, long step, double learningRate, double gradientNorm) {
      double longest = settings.maxGradientNorm();
      // PyTorch's clip_grad_norm_ and ONNX Runtime's InplaceClipGradNorm both add 1e-6.
      double clipped = longest == 0 ? 1 : Math.min(1, longest / (gradientNorm + 1e-6));
      return new Scalars(
          (float) clipped,
          (float) (learningRate / (1 - Math.pow(settings.beta1(), (double) step))),
          (float) (1 / (1 - Math.pow(settings.beta2(), (double) step))),
          (float) (1 - learningRate * settings.weightDecay()));
    }

    /** What is left of a weight of {@code piece} before it moves. */
    float keep(Piece piece) {
      return piece.decays() ? keepDecayed : 1;
    }
  }
}
