package org.riselm.onnx.internal.generate;

import java.nio.DoubleBuffer;
import java.nio.LongBuffer;
import java.util.List;
import org.riselm.core.policy.SamplingOptions;
import org.riselm.onnx.Device;
import org.riselm.onnx.internal.runtime.Binding;
import org.riselm.onnx.internal.runtime.ElementType;
import org.riselm.onnx.internal.runtime.OnnxSession;
import org.riselm.onnx.internal.runtime.Placement;
import org.riselm.onnx.internal.runtime.SessionSettings;
import org.riselm.onnx.internal.runtime.Tensor;
import org.riselm.onnx.internal.util.Resources;

/**
 * Draws from logits in a device's memory, where they stay: for each draw a row's number and a
 * random one go there, and a token and its log-probability come back, 16 bytes each way. Not
 * thread-safe.
 */
final class DeviceLogitsSampler implements LogitsSampler, AutoCloseable {
  private final Tensor logits;
  private final int vocabulary;
  private final SamplingOptions sampling;
  private final Resources owned = new Resources();
  private final Resources views = owned.add(new Resources());
  private final Tensor chosen;
  private final Tensor uniforms;
  private final Tensor tokens;
  private final Tensor logProbabilities;
  private final LongBuffer chosenBuffer;
  private final DoubleBuffer uniformBuffer;
  private final LongBuffer tokenBuffer;
  private final DoubleBuffer logProbabilityBuffer;
  private final OnnxSession session;
  private final Binding binding;
  private int bound;

  /** Prepares to draw from {@code logits}, [rows, vocabulary], which stay the caller's. */
  DeviceLogitsSampler(Tensor logits, SamplingOptions sampling, int threads) {
    this.logits = logits;
    this.sampling = sampling;
    this.vocabulary = (int) logits.shape()[1];
    long rows = logits.shape()[0];
    try {
      chosen = owned.add(Tensor.zeros(ElementType.INT64, rows));
      uniforms = owned.add(Tensor.zeros(ElementType.DOUBLE, rows));
      tokens = owned.add(Tensor.zeros(ElementType.INT64, rows));
      logProbabilities = owned.add(Tensor.zeros(ElementType.DOUBLE, rows));
      chosenBuffer = chosen.longs();
      uniformBuffer = uniforms.doubles();
      tokenBuffer = tokens.longs();
      logProbabilityBuffer = logProbabilities.doubles();
      Device device = logits.device();
      session =
          owned.add(
              OnnxSession.load(
                  SamplerGraph.of(sampling, vocabulary).toModel(),
                  SessionSettings.ofThreads(threads).on(device)));
      binding = owned.add(session.bind());
    } catch (RuntimeException e) {
      owned.close();
      throw e;
    }
  }

  /** Whether it draws as {@code other} says, whose responses may be of another length. */
  boolean matches(SamplingOptions other) {
    return sampling.temperature() == other.temperature()
        && sampling.topK() == other.topK()
        && sampling.topP() == other.topP();
  }

  List<Placement> placements() {
    return session.placements();
  }

  @Override
  public void run(int[] rows, long[] seeds) {
    bind(rows.length);
    for (int i = 0; i < rows.length; i++) {
      chosenBuffer.put(i, rows[i]);
      uniformBuffer.put(i, LogitsSampler.uniform(seeds[i]));
    }
    binding.run();
    for (int i = 0; i < rows.length; i++) {
      if (Double.isNaN(logProbabilityBuffer.get(i))) {
        throw new BadLogitsException(i, BadLogitsException.describe(row(rows[i])));
      }
    }
  }

  private void bind(int draws) {
    if (draws == bound) {
      return;
    }
    binding.clear();
    views.close();
    binding
        .input("logits", logits)
        .input("chosen", views.add(chosen.slice(0, draws)))
        .input("uniforms", views.add(uniforms.slice(0, draws)))
        .output("tokens", views.add(tokens.slice(0, draws, 1)))
        .output("log_probabilities", views.add(logProbabilities.slice(0, draws, 1)));
    bound = draws;
  }

  private float[] row(int row) {
    try (Tensor view = logits.slice((long) row * vocabulary, vocabulary)) {
      return view.toFloats();
    }
  }

  @Override
  public int token(int i) {
    return (int) tokenBuffer.get(i);
  }

  @Override
  public double logProbability(int i) {
    return logProbabilityBuffer.get(i);
  }

  @Override
  public void close() {
    owned.close();
  }
}
