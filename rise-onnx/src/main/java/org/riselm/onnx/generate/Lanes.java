package org.riselm.onnx.generate;

import com.google.common.util.concurrent.ThreadFactoryBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.riselm.core.policy.Sampling;
import org.riselm.core.policy.SamplingProgress;
import org.riselm.onnx.runtime.OnnxSession;
import org.riselm.onnx.runtime.Placement;
import org.riselm.onnx.runtime.Resources;
import org.riselm.onnx.runtime.SessionSettings;

/**
 * One session, and the lanes that run it beside each other: one lane on the calling thread, or
 * several on threads of their own, which nobody else waits for between two operators (decision
 * 013). Owns both. Not thread-safe.
 */
final class Lanes implements AutoCloseable {
  private final DecoderPorts ports;
  private final List<Lane> lanes = new ArrayList<>();
  private final ExecutorService threads;
  private final Resources owned = new Resources();

  /**
   * Loads the session.
   *
   * @param settings threads of each lane, the one that it runs on included
   * @param count of lanes, which have {@code limits.maxBatch()} rows together
   */
  Lanes(
      byte[] model,
      SessionSettings settings,
      GeneratorLimits limits,
      int count,
      PrefixCache prefixes) {
    try {
      OnnxSession session = owned.add(OnnxSession.load(model, settings));
      ports = DecoderPorts.of(session);
      int rows = limits.maxBatch() / count;
      for (int i = 0; i < count; i++) {
        lanes.add(owned.add(new Lane(session, ports, limits, rows, settings.threads(), prefixes)));
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

  DecoderPorts ports() {
    return ports;
  }

  /**
   * Runs answers to their end; as many as there are lanes, at least. {@code progress} hears of them
   * on this thread.
   */
  void run(List<Answer> answers, Sampling sampling, SamplingProgress progress) {
    if (lanes.size() == 1) {
      lanes.get(0).run(answers, sampling, Watch.here(progress));
      return;
    }
    List<List<Answer>> dealt = Deal.among(lanes.size(), answers);
    LaneWatch watch = new LaneWatch(lanes.size(), answers.size());
    for (int i = 0; i < lanes.size(); i++) {
      Lane lane = lanes.get(i);
      List<Answer> share = dealt.get(i);
      threads.execute(() -> watch.run(() -> lane.run(share, sampling, watch)));
    }
    watch.await(progress);
  }

  /** See {@link Generator#placements}. */
  List<Placement> placements(Sampling sampling) {
    return lanes.get(0).placements(sampling);
  }

  /** Gives the caches' memory back until the next run. */
  void release() {
    lanes.forEach(Lane::release);
  }

  @Override
  public void close() {
    threads.shutdown();
    owned.close();
  }
}
