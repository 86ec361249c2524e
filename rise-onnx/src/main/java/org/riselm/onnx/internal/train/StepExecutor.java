package org.riselm.onnx.internal.train;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.riselm.core.policy.spi.TrainingCheckpoints;

/**
 * Runs optimizer steps over a model's weights: gradients are accumulated over micro-batches, then
 * applied. Starts with fresh moments. Not thread-safe; whoever makes one closes it.
 */
public interface StepExecutor extends TrainingCheckpoints.State, AutoCloseable {
  /**
   * Adds a micro-batch's gradients to those accumulated since the last {@link #step}.
   *
   * @return Σ weight · −log p(target) over its targets
   */
  double accumulate(MicroBatch batch);

  /**
   * Adds several micro-batches' gradients, in their order; some executors work on several at once.
   *
   * @param atOnce the most tokens, padding counted, that may be in work at a time, unless a single
   *     micro-batch has more
   * @return the sum of their losses
   */
  default double accumulate(List<MicroBatch> batches, int atOnce) {
    double loss = 0;
    for (MicroBatch batch : batches) {
      loss += accumulate(batch);
    }
    return loss;
  }

  /**
   * How large micro-batches it works on fastest, in tokens, padding counted.
   *
   * @param atOnce the most tokens that may be in work at a time
   */
  default int microBatchTokens(int atOnce) {
    return atOnce;
  }

  /** Into how many pieces it cuts a step's micro-batches at most. */
  default int shares() {
    return 1;
  }

  /**
   * Clips the accumulated gradients, applies them by AdamW, and forgets them.
   *
   * @return their global L2 norm before clipping; NaN if the executor cannot tell; infinite if they
   *     are not all finite, and then nothing was applied
   * @throws IllegalStateException if nothing was accumulated
   */
  double step(double learningRate);

  /** Forgets the accumulated gradients. */
  void discard();

  /** −log p(target) of each target, with the weights as they are now. Learns nothing. */
  float[] tokenLosses(MicroBatch batch);

  /** Puts the weights as they are now where the executor was given them. */
  void writeBack();

  /** {@inheritDoc} Weights, moments and the number of updates; what is accumulated is not saved. */
  @Override
  void save(Path folder) throws IOException;

  /**
   * {@inheritDoc} Then it goes on exactly as the one that saved; what is accumulated is forgotten.
   */
  @Override
  void restore(Path folder) throws IOException;

  @Override
  void close();
}
