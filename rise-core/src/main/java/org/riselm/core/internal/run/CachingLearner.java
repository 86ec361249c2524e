package org.riselm.core.internal.run;

import java.util.List;
import org.riselm.core.internal.rollout.ForwardingLearner;
import org.riselm.core.mdp.Example;
import org.riselm.core.policy.Completion;
import org.riselm.core.policy.ProgressListener;
import org.riselm.core.policy.Query;
import org.riselm.core.policy.SamplingOptions;
import org.riselm.core.policy.TrainablePolicy;
import org.riselm.core.policy.TrainingRequest;
import org.riselm.core.policy.TrainingSummary;
import org.riselm.core.policy.spi.TrainingCheckpoints;

/** A policy whose responses are kept, and whose trainings go on from where they were stopped. */
final class CachingLearner extends ForwardingLearner {
  private final CachingPolicy responses;
  private final TrainingJournal journal;

  CachingLearner(TrainablePolicy policy, CachingPolicy responses, TrainingJournal journal) {
    super(policy);
    this.responses = responses;
    this.journal = journal;
  }

  @Override
  public List<Completion> complete(
      List<Query> queries, SamplingOptions sampling, ProgressListener progress) {
    return responses.complete(queries, sampling, progress);
  }

  /** {@inheritDoc} The run keeps the checkpoints; {@code unused} gets none. */
  @Override
  public TrainingSummary train(
      List<Example> examples,
      TrainingRequest training,
      ProgressListener progress,
      TrainingCheckpoints unused) {
    journal.begin(examples, training);
    return super.train(examples, training, progress, journal);
  }
}
