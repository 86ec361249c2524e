package org.riselm.onnx.internal.generate;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.riselm.core.policy.SamplingOptions;
import org.riselm.onnx.internal.runtime.Tensor;
import org.riselm.onnx.internal.util.Workers;

/**
 * Draws from logits in the host's memory, one row after the other; of a large vocabulary, several
 * rows at a time. Not thread-safe.
 */
final class HostLogitsSampler implements LogitsSampler {
  // Fewer logits are drawn from before another thread is awake.
  private static final int LOGITS_FOR_ONE = 1 << 16;

  private final FloatBuffer logits;
  private final int vocabulary;
  private final Workers workers;
  private final List<TokenSampler> samplers = new ArrayList<>();
  private final int[] tokens;
  private final double[] logProbabilities;
  private final @Nullable String[] failures;

  /**
   * Prepares to draw from {@code logits}, [rows, vocabulary].
   *
   * @param workers that may draw at a time; they stay the caller's
   */
  HostLogitsSampler(Tensor logits, SamplingOptions sampling, Workers workers) {
    this.logits = logits.floats();
    this.vocabulary = (int) logits.shape()[1];
    this.workers = workers;
    int rows = (int) logits.shape()[0];
    for (int i = 0; i < Math.min(rows, workers.count()); i++) {
      samplers.add(new TokenSampler(vocabulary, sampling));
    }
    this.tokens = new int[rows];
    this.logProbabilities = new double[rows];
    this.failures = new String[rows];
  }

  @Override
  public void run(int[] rows, long[] seeds) {
    if ((long) rows.length * vocabulary <= LOGITS_FOR_ONE) {
      for (int i = 0; i < rows.length; i++) {
        sample(samplers.get(0), i, rows[i], seeds[i]);
      }
    } else {
      workers.each(
          rows.length,
          worker -> {
            TokenSampler sampler = samplers.get(worker);
            return i -> sample(sampler, i, rows[i], seeds[i]);
          });
    }
    for (int i = 0; i < rows.length; i++) {
      String failure = failures[i];
      if (failure != null) {
        throw new BadLogitsException(i, failure);
      }
    }
  }

  private void sample(TokenSampler sampler, int i, int row, long seed) {
    failures[i] = null;
    try {
      tokens[i] = sampler.sample(logits, row * vocabulary, seed);
      logProbabilities[i] = sampler.logProbability();
    } catch (ArithmeticException e) {
      failures[i] = String.valueOf(e.getMessage());
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
