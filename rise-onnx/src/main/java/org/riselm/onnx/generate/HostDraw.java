package org.riselm.onnx.generate;

import java.nio.FloatBuffer;
import org.riselm.core.policy.Sampling;
import org.riselm.onnx.runtime.Tensor;

/** Draws from logits in the host's memory, one row after the other. Not thread-safe. */
final class HostDraw implements Draw {
  private final FloatBuffer logits;
  private final int vocabulary;
  private final TokenSampler sampler;
  private final int[] tokens;
  private final double[] logProbabilities;

  /** Prepares to draw from {@code logits}, [rows, vocabulary]. */
  HostDraw(Tensor logits, Sampling sampling) {
    this.logits = logits.floats();
    this.vocabulary = (int) logits.shape()[1];
    this.sampler = new TokenSampler(vocabulary, sampling);
    int rows = (int) logits.shape()[0];
    this.tokens = new int[rows];
    this.logProbabilities = new double[rows];
  }

  @Override
  public void run(int[] rows, long[] seeds) {
    for (int i = 0; i < rows.length; i++) {
      try {
        tokens[i] = sampler.sample(logits, rows[i] * vocabulary, seeds[i]);
      } catch (ArithmeticException e) {
        throw new BadLogitsException(i, String.valueOf(e.getMessage()));
      }
      logProbabilities[i] = sampler.logProbability();
    }
  }

  @Override
  public int token(int i) {
    return tokens[i];
  }

  @Override
  public double logProbability(int i) {
    return logProbabilities[i];
  }
}
