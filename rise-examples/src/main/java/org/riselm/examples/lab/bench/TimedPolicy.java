package org.riselm.examples.lab.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.riselm.core.mdp.Example;
import org.riselm.core.policy.Completion;
import org.riselm.core.policy.ProgressListener;
import org.riselm.core.policy.Query;
import org.riselm.core.policy.SamplingOptions;
import org.riselm.core.policy.TrainablePolicy;
import org.riselm.core.policy.TrainingOptions;
import org.riselm.core.policy.TrainingRequest;
import org.riselm.core.policy.TrainingSummary;
import org.riselm.core.policy.spi.TrainingCheckpoints;

/** A policy that counts how long it is at work: what is left of an iteration is the library's. */
final class TimedPolicy implements TrainablePolicy {
  private final TrainablePolicy policy;
  private long nanos;

  TimedPolicy(TrainablePolicy policy) {
    this.policy = policy;
  }

  /** The time since the last call of this, in nanoseconds. */
  long takeNanos() {
    long taken = nanos;
    nanos = 0;
    return taken;
  }

  @Override
  public List<Completion> complete(
      List<Query> queries, SamplingOptions sampling, ProgressListener progress) {
    long before = System.nanoTime();
    try {
      return policy.complete(queries, sampling, progress);
    } finally {
      nanos += System.nanoTime() - before;
    }
  }

  @Override
  public double defaultLearningRate() {
    return policy.defaultLearningRate();
  }

  @Override
  public boolean samplesExactly() {
    return policy.samplesExactly();
  }

  @Override
  public void requireTrainable(TrainingOptions training) {
    policy.requireTrainable(training);
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
    long before = System.nanoTime();
    try {
      return policy.train(examples, training, progress, points);
    } finally {
      nanos += System.nanoTime() - before;
    }
  }

  @Override
  public void save(Path folder) throws IOException {
    policy.save(folder);
  }

  @Override
  public void restore(Path folder) throws IOException {
    policy.restore(folder);
  }
}
