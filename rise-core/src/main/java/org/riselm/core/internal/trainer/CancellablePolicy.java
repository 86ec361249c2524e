package org.riselm.core.internal.trainer;

import java.util.List;
import org.riselm.core.internal.rollout.ForwardingLearner;
import org.riselm.core.internal.util.Interruption;
import org.riselm.core.mdp.Example;
import org.riselm.core.policy.Completion;
import org.riselm.core.policy.ProgressListener;
import org.riselm.core.policy.Query;
import org.riselm.core.policy.SamplingOptions;
import org.riselm.core.policy.TrainablePolicy;
import org.riselm.core.policy.TrainingRequest;
import org.riselm.core.policy.TrainingSummary;
import org.riselm.core.policy.spi.TrainingCheckpoints;

/** A policy that stops for an interrupt whenever it reports progress. */
final class CancellablePolicy extends ForwardingLearner {
  CancellablePolicy(TrainablePolicy policy) {
    super(policy);
  }

  @Override
  public List<Completion> complete(
      List<Query> queries, SamplingOptions sampling, ProgressListener progress) {
    return super.complete(queries, sampling, heeding(progress));
  }

  @Override
  public TrainingSummary train(
      List<Example> examples,
      TrainingRequest training,
      ProgressListener progress,
      TrainingCheckpoints checkpoints) {
    return super.train(examples, training, heeding(progress), checkpoints);
  }

  private static ProgressListener heeding(ProgressListener progress) {
    return event -> {
      Interruption.check();
      progress.progressed(event);
    };
  }
}
