package org.riselm.onnx.internal.generate;

import com.google.common.util.concurrent.ThreadFactoryBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.riselm.core.policy.SamplingOptions;
import org.riselm.onnx.internal.runtime.OnnxSession;
import org.riselm.onnx.internal.runtime.Placement;
import org.riselm.onnx.internal.runtime.SessionSettings;
import org.riselm.onnx.internal.util.Resources;

/**
 * One session, and the lanes that run it beside each other: one lane on the calling thread, or
 * several on threads of their own, which nobody else waits for between two operators (decision
 * 013). Owns both. Not thread-safe.
 */
final class DecodeWorkers implements AutoCloseable {
  private final DecoderSizes ports;
  private final List<DecodeWorker> lanes = new ArrayList<>();
  private final ExecutorService threads;
  private final Resources owned = new Resources();

  /**
   * Loads the session.
   *
   * @param settings threads of each lane, the one that it runs on included
   * @param count of lanes, which have {@code limits.maxBatch()} rows together
   */
  DecodeWorkers(
      byte[] model,
      SessionSettings settings,
      GeneratorLimits limits,
      int count,
      PrefixCache prefixes) {
    try {
      OnnxSession session = owned.add(OnnxSession.load(model, settings));
      ports = DecoderSizes.of(session);
      int rows = limits.maxBatch() / count;
      for (int i = 0; i < count; i++) {
        lanes.add(
            owned.add(
                new DecodeWorker(session, ports, limits, rows, settings.threads(), prefixes)));
      }
    } catch (RuntimeException | Error e) {
      owned.close();
      throw e;
    }
    // Starts its threads when they are needed.
    threads =
        Executors.newFixedThreadPool(
            count,
            new ThreadFactoryBuilder().setNameFormat("sampling-lane-%d").setDaemon(true).build());
  }

  DecoderSizes ports() {
    return ports;
  }

  /**
   * Runs answers to their end; as many as there are lanes, at least. {@code progress} hears of them
   * on this thread.
   */
  void run(List<Sequence> answers, SamplingOptions sampling, SamplingProgress progress) {
    if (lanes.size() == 1) {
      lanes.get(0).run(answers, sampling, BatchMonitor.here(progress));
      return;
    }
    List<List<Sequence>> dealt = PromptPartitioner.among(lanes.size(), answers);
    WorkerMonitor watch = new WorkerMonitor(lanes.size(), answers.size());
    for (int i = 0; i < lanes.size(); i++) {
      DecodeWorker lane = lanes.get(i);
      List<Sequence> share = dealt.get(i);
      threads.execute(() -> watch.run(() -> lane.run(share, sampling, watch)));
    }
    watch.await(progress);
  }

  /** See {@link Generator#placements}. */
  List<Placement> placements(SamplingOptions sampling) {
    return lanes.get(0).placements(sampling);
  }

  /** Gives the caches' memory back until the next run. */
  void release() {
    lanes.forEach(DecodeWorker::release);
  }

  @Override
  public void close() {
    threads.shutdown();
    owned.close();
  }
}
