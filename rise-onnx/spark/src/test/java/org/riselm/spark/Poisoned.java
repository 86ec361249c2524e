package org.riselm.spark;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.riselm.core.mdp.Example;
import org.riselm.core.policy.Completion;
import org.riselm.core.policy.ProgressListener;
import org.riselm.core.policy.Query;
import org.riselm.core.policy.SamplingOptions;
import org.riselm.core.policy.TrainablePolicy;
import org.riselm.core.policy.TrainingRequest;
import org.riselm.core.policy.TrainingSummary;
import org.riselm.core.policy.spi.TrainingCheckpoints;

/** A policy that ends its process, as a fault of native code would, over one prompt. */
record Poisoned(TrainablePolicy policy, String prompt) implements TrainablePolicy {
  @Override
  public List<Completion> complete(
      List<Query> queries, SamplingOptions sampling, ProgressListener progress) {
    if (queries.stream().anyMatch(q -> q.state().problem().prompt().equals(prompt))) {
      Runtime.getRuntime().halt(139);
    }
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
}
