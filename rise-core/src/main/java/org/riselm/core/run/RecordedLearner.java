package org.riselm.core.run;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.riselm.core.mdp.Example;
import org.riselm.core.policy.Completion;
import org.riselm.core.policy.Query;
import org.riselm.core.policy.ResumePoints;
import org.riselm.core.policy.Sampling;
import org.riselm.core.policy.SamplingProgress;
import org.riselm.core.policy.TrainablePolicy;
import org.riselm.core.policy.Training;
import org.riselm.core.policy.TrainingProgress;
import org.riselm.core.policy.TrainingSummary;

/** A policy whose answers are kept, and whose trainings go on from where they were stopped. */
final class RecordedLearner implements TrainablePolicy {
  private final TrainablePolicy policy;
  private final RecordedPolicy answers;
  private final TrainingPoints points;

  RecordedLearner(TrainablePolicy policy, RecordedPolicy answers, TrainingPoints points) {
    this.policy = policy;
    this.answers = answers;
    this.points = points;
  }

  @Override
  public List<Completion> complete(
      List<Query> queries, Sampling sampling, SamplingProgress progress) {
    return answers.complete(queries, sampling, progress);
  }

  @Override
  public boolean fits(Example example) {
    return policy.fits(example);
  }

  /** {@inheritDoc} The run keeps the points; {@code unused} gets none. */
  @Override
  public TrainingSummary train(
      List<Example> examples, Training training, TrainingProgress progress, ResumePoints unused) {
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
