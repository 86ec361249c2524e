package org.riselm.core.internal.run;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.riselm.core.mdp.Example;
import org.riselm.core.policy.Completion;
import org.riselm.core.policy.Query;
import org.riselm.core.policy.SamplingOptions;
import org.riselm.core.policy.SamplingProgress;
import org.riselm.core.policy.TrainablePolicy;
import org.riselm.core.policy.TrainingOptions;
import org.riselm.core.policy.TrainingProgress;
import org.riselm.core.policy.TrainingSummary;
import org.riselm.core.policy.spi.TrainingCheckpoints;

/** A policy whose answers are kept, and whose trainings go on from where they were stopped. */
final class CachingLearner implements TrainablePolicy {
  private final TrainablePolicy policy;
  private final CachingPolicy answers;
  private final TrainingJournal points;

  CachingLearner(TrainablePolicy policy, CachingPolicy answers, TrainingJournal points) {
    this.policy = policy;
    this.answers = answers;
    this.points = points;
  }

  @Override
  public List<Completion> complete(
      List<Query> queries, SamplingOptions sampling, SamplingProgress progress) {
    return answers.complete(queries, sampling, progress);
  }

  @Override
  public boolean fits(Example example) {
    return policy.fits(example);
  }

  /** {@inheritDoc} The run keeps the points; {@code unused} gets none. */
  @Override
  public TrainingSummary train(
      List<Example> examples,
      TrainingOptions training,
      TrainingProgress progress,
      TrainingCheckpoints unused) {
    points.begin(examples, training);
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
}
