package org.riselm.onnx.internal.generate;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.riselm.core.policy.SamplingOptions;
import org.riselm.onnx.internal.decoder.RotaryAngles;
import org.riselm.onnx.internal.runtime.OnnxSession;
import org.riselm.onnx.internal.runtime.Placement;
import org.riselm.onnx.internal.runtime.Tensor;
import org.riselm.onnx.internal.util.Resources;
import org.riselm.onnx.internal.util.Workers;

/**
 * Rows of a cache and the buffers to run a session on them. The cache is kept from call to call and
 * grows when a call needs more. The session is not its own; others may run it beside this. Not
 * thread-safe.
 */
final class DecodeWorker implements AutoCloseable {
  // Capacities come in steps, so that calls of nearly equal length reuse the cache's memory.
  private static final int CAPACITY_STEP = 64;

  private final OnnxSession session;
  private final GeneratorLimits limits;
  private final int maxRows;
  private final int threads;
  private final PrefixCache prefixes;
  private final DecoderRunner forward;
  private final Workers workers;
  private final Resources owned = new Resources();
  private @Nullable DeviceLogitsSampler deviceSampler;

  /**
   * Allocates all but the cache.
   *
   * @param maxRows the most responses that run together here
   * @param threads that draw
   * @param prefixes what prompts go on from; others' too
   */
  DecodeWorker(
      OnnxSession session,
      DecoderSizes ports,
      RotaryAngles rotary,
      GeneratorLimits limits,
      int maxRows,
      int threads,
      PrefixCache prefixes) {
    this.session = session;
    this.limits = limits;
    this.maxRows = maxRows;
    this.threads = threads;
    this.prefixes = prefixes;
    this.workers = owned.add(new Workers("drawing", threads));
    try {
      this.forward = new DecoderRunner(session, ports, rotary, maxRows, owned);
    } catch (RuntimeException | Error e) {
      owned.close();
      throw e;
    }
  }

  /** Runs responses to their end; at least one. */
  void run(List<Sequence> sequences, SamplingOptions sampling, BatchMonitor monitor) {
    int longest = sequences.stream().mapToInt(Sequence::maxLength).max().orElseThrow();
    int steps = (longest + CAPACITY_STEP - 1) / CAPACITY_STEP;
    int rows = Math.min(sequences.size(), maxRows);
    forward.reserve(rows, Math.min(steps * CAPACITY_STEP, limits.contextLength()));
    new ContinuousBatch(
            forward, prefixes, sampler(sampling), limits.stopTokens(), rows, sequences, monitor)
        .run();
  }

  private LogitsSampler sampler(SamplingOptions sampling) {
    Tensor logits = forward.logits();
    if (!logits.device().hasOwnMemory()) {
      return new HostLogitsSampler(logits, sampling, workers);
    }
    if (deviceSampler == null || !deviceSampler.matches(sampling)) {
      closeDraw();
      deviceSampler = new DeviceLogitsSampler(logits, sampling, threads);
    }
    return deviceSampler;
  }

  /** See {@link Generator#placements}. */
  List<Placement> placements(SamplingOptions sampling) {
    List<Placement> all = new ArrayList<>(session.placements());
    if (sampler(sampling) instanceof DeviceLogitsSampler onDevice) {
      all.addAll(onDevice.placements());
    }
    return all;
  }

  /** Gives the cache's memory back until the next run. */
  void release() {
    forward.release();
  }

  private void closeDraw() {
    if (deviceSampler != null) {
      deviceSampler.close();
      deviceSampler = null;
    }
  }

  @Override
  public void close() {
    closeDraw();
    owned.close();
  }
}
