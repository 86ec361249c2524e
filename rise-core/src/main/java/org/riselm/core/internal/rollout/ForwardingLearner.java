package org.riselm.core.internal.rollout;

import static java.util.Objects.requireNonNull;

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

/** A policy that does what another does; subclasses change some of it. */
public abstract class ForwardingLearner implements TrainablePolicy {
  private final TrainablePolicy policy;

  protected ForwardingLearner(TrainablePolicy policy) {
    this.policy = requireNonNull(policy, "policy");
  }

  @Override
  public List<Completion> complete(
      List<Query> queries, SamplingOptions sampling, ProgressListener progress) {
    return policy.complete(queries, sampling, progress);
  }

  @Override
  public boolean fits(Example example) {
    return policy.fits(example);
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
  public TrainingSummary train(
      List<Example> examples,
      TrainingRequest training,
      ProgressListener progress,
      TrainingCheckpoints checkpoints) {
    return policy.train(examples, training, progress, checkpoints);
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
  public String toString() {
    return policy.toString();
  }
}
