package org.riselm.onnx.generate;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.riselm.core.policy.Sampling;
import org.riselm.onnx.runtime.OnnxSession;
import org.riselm.onnx.runtime.Placement;
import org.riselm.onnx.runtime.Resources;
import org.riselm.onnx.runtime.Tensor;
import org.riselm.onnx.runtime.Workers;

/**
 * Rows of a cache and the buffers to run a session on them. The cache is kept from call to call and
 * grows when a call needs more. The session is not its own; others may run it beside this. Not
 * thread-safe.
 */
final class Lane implements AutoCloseable {
  // Capacities come in steps, so that calls of nearly equal length reuse the cache's memory.
  private static final int CAPACITY_STEP = 64;

  private final OnnxSession session;
  private final GeneratorLimits limits;
  private final int maxRows;
  private final int threads;
  private final PrefixCache prefixes;
  private final Forward forward;
  private final Workers workers;
  private final Resources owned = new Resources();
  private @Nullable DeviceDraw deviceDraw;

  /**
   * Allocates all but the cache.
   *
   * @param maxRows the most answers that run together here
   * @param threads that draw
   * @param prefixes what prompts go on from; others' too
   */
  Lane(
      OnnxSession session,
      DecoderPorts ports,
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
    int tokens = Math.max(Batch.PREFILL_TOKENS, limits.contextLength());
    try {
      this.forward = new Forward(session, ports, maxRows, tokens, owned);
    } catch (RuntimeException | Error e) {
      owned.close();
      throw e;
    }
  }

  /** Runs answers to their end; at least one. */
  void run(List<Answer> answers, Sampling sampling, Watch watch) {
    int longest = answers.stream().mapToInt(Answer::maxLength).max().orElseThrow();
    int steps = (longest + CAPACITY_STEP - 1) / CAPACITY_STEP;
    int rows = Math.min(answers.size(), maxRows);
    forward.reserve(rows, Math.min(steps * CAPACITY_STEP, limits.contextLength()));
    new Batch(forward, prefixes, draw(sampling), limits.stopTokens(), rows, answers, watch).run();
  }

  private Draw draw(Sampling sampling) {
    Tensor logits = forward.logits();
    if (!logits.device().hasOwnMemory()) {
      return new HostDraw(logits, sampling, workers);
    }
    if (deviceDraw == null || !deviceDraw.draws(sampling)) {
      closeDraw();
      deviceDraw = new DeviceDraw(logits, sampling, threads);
    }
    return deviceDraw;
  }

  /** See {@link Generator#placements}. */
  List<Placement> placements(Sampling sampling) {
    List<Placement> all = new ArrayList<>(session.placements());
    if (draw(sampling) instanceof DeviceDraw onDevice) {
      all.addAll(onDevice.placements());
    }
    return all;
  }

  /** Gives the cache's memory back until the next run. */
  void release() {
    forward.release();
  }

  private void closeDraw() {
    if (deviceDraw != null) {
      deviceDraw.close();
      deviceDraw = null;
    }
  }

  @Override
  public void close() {
    closeDraw();
    owned.close();
  }
}
