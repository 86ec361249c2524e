package org.riselm.onnx.internal.generate;

import com.google.common.util.concurrent.ThreadFactoryBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.riselm.core.policy.SamplingOptions;
import org.riselm.onnx.internal.decoder.RotaryAngles;
import org.riselm.onnx.internal.runtime.OnnxSession;
import org.riselm.onnx.internal.runtime.Placement;
import org.riselm.onnx.internal.runtime.SessionSettings;
import org.riselm.onnx.internal.util.ExclusiveUse;
import org.riselm.onnx.internal.util.Resources;

/**
 * One session, and the workers that run it beside each other: one worker on the calling thread, or
 * several on threads of their own, which nobody else waits for between two operators (decision
 * 013). Owns both. Not thread-safe.
 */
final class DecodeWorkers implements AutoCloseable {
  private final DecoderSizes ports;
  private final List<DecodeWorker> workers = new ArrayList<>();
  private final ExecutorService threads;
  private final Resources owned = new Resources();

  /**
   * Loads the session.
   *
   * @param settings threads of each worker, the one that it runs on included
   * @param rotary how far the model's heads are turned at each position
   * @param count of workers, which have {@code limits.maxBatch()} rows together
   */
  DecodeWorkers(
      byte[] model,
      RotaryAngles rotary,
      SessionSettings settings,
      GeneratorLimits limits,
      int count,
      PrefixCache prefixes) {
    try {
      OnnxSession session = owned.add(OnnxSession.load(model, settings));
      ports = DecoderSizes.of(session);
      int rows = limits.maxBatch() / count;
      for (int i = 0; i < count; i++) {
        workers.add(
            owned.add(
                new DecodeWorker(
                    session, ports, rotary, limits, rows, settings.threads(), prefixes)));
      }
    } catch (RuntimeException | Error e) {
      owned.close();
      throw e;
    }
    // Starts its threads when they are needed.
    threads =
        Executors.newFixedThreadPool(
            count,
            new ThreadFactoryBuilder().setNameFormat("sampling-worker-%d").setDaemon(true).build());
  }

  DecoderSizes ports() {
    return ports;
  }

  /**
   * Runs responses to their end; as many as there are workers, at least. {@code progress} hears of
   * them on this thread.
   */
  void run(List<Sequence> sequences, SamplingOptions sampling, SamplingProgress progress) {
    if (workers.size() == 1) {
      workers.get(0).run(sequences, sampling, BatchMonitor.here(progress));
      return;
    }
    List<List<Sequence>> parts = PromptPartitioner.among(workers.size(), sequences);
    WorkerMonitor monitor = new WorkerMonitor(workers.size(), sequences.size());
    for (int i = 0; i < workers.size(); i++) {
      DecodeWorker worker = workers.get(i);
      List<Sequence> share = parts.get(i);
      Runnable task = () -> monitor.run(() -> worker.run(share, sampling, monitor));
      threads.execute(ExclusiveUse.inherit(task));
    }
    monitor.await(progress);
  }

  /** See {@link Generator#placements}. */
  List<Placement> placements(SamplingOptions sampling) {
    return workers.get(0).placements(sampling);
  }

  /** Gives the caches' memory back until the next run. */
  void release() {
    workers.forEach(DecodeWorker::release);
  }

  @Override
  public void close() {
    threads.shutdown();
    owned.close();
  }
}
