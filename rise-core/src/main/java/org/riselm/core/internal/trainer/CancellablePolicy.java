package org.riselm.core.internal.trainer;

import java.util.List;
import org.riselm.core.internal.rollout.ForwardingLearner;
import org.riselm.core.internal.util.Interruption;
import org.riselm.core.mdp.Example;
import org.riselm.core.policy.Completion;
import org.riselm.core.policy.Query;
import org.riselm.core.policy.SamplingOptions;
import org.riselm.core.policy.SamplingProgress;
import org.riselm.core.policy.TrainablePolicy;
import org.riselm.core.policy.TrainingProgress;
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
      List<Query> queries, SamplingOptions sampling, SamplingProgress progress) {
    return super.complete(
        queries,
        sampling,
        (completions, tokens) -> {
          Interruption.check();
          progress.advanced(completions, tokens);
        });
  }

  @Override
  public TrainingSummary train(
      List<Example> examples,
      TrainingRequest training,
      TrainingProgress progress,
      TrainingCheckpoints checkpoints) {
    return super.train(
        examples,
        training,
        step -> {
          Interruption.check();
          progress.stepped(step);
        },
        checkpoints);
  }
}
