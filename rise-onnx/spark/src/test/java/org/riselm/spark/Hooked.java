package org.riselm.spark;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.riselm.core.mdp.Example;
import org.riselm.core.policy.Completion;
import org.riselm.core.policy.ProgressListener;
import org.riselm.core.policy.Query;
import org.riselm.core.policy.SamplingOptions;
import org.riselm.core.policy.TrainablePolicy;
import org.riselm.core.policy.TrainingRequest;
import org.riselm.core.policy.TrainingSummary;
import org.riselm.core.policy.spi.TrainingCheckpoints;
import org.riselm.onnx.OnnxPolicy;

/** A policy with something that happens before it samples. */
record Hooked(TrainablePolicy policy, Consumer<List<Query>> before)
    implements TrainablePolicy, AutoCloseable {
  /** Whether {@link #pause} was reached, and whether it may go on. */
  static final CountDownLatch PAUSED = new CountDownLatch(1);

  static final CountDownLatch GO_ON = new CountDownLatch(1);

  static void pause() {
    PAUSED.countDown();
    try {
      GO_ON.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Ends the process, as a fault of native code would, over one prompt. */
  static Consumer<List<Query>> endsOver(String prompt) {
    return queries -> {
      if (queries.stream().anyMatch(q -> q.state().problem().prompt().equals(prompt))) {
        Runtime.getRuntime().halt(139);
      }
    };
  }

  @Override
  public List<Completion> complete(
      List<Query> queries, SamplingOptions sampling, ProgressListener progress) {
    before.accept(queries);
    return policy.complete(queries, sampling, progress);
  }

  @Override
  public boolean fits(Example example) {
    return policy.fits(example);
  }

  @Override
  public TrainingSummary train(
      List<Example> examples,
      TrainingRequest training,
      ProgressListener progress,
      TrainingCheckpoints points) {
    return policy.train(examples, training, progress, points);
  }

  @Override
  public void save(Path folder) throws IOException {
    policy.save(folder);
  }

  @Override
  public void restore(Path folder) throws IOException {
    policy.restore(folder);
  }

  @Override
  public void close() {
    if (policy instanceof OnnxPolicy onnx) {
      onnx.close();
    }
  }
}
