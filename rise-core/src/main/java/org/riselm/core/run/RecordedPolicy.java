package org.riselm.core.run;

import com.google.common.collect.Lists;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.riselm.core.mdp.Example;
import org.riselm.core.policy.Completion;
import org.riselm.core.policy.Query;
import org.riselm.core.policy.Sampling;
import org.riselm.core.policy.SamplingProgress;
import org.riselm.core.policy.TrainablePolicy;
import org.riselm.core.policy.Training;
import org.riselm.core.policy.TrainingProgress;
import org.riselm.core.policy.TrainingSummary;

/**
 * A policy whose answers are kept, batch by batch. A batch that was kept is not sampled again. The
 * batches are cut in the same way in every process, so a resumed run gives the same bytes.
 */
final class RecordedPolicy implements TrainablePolicy {
  /** Queries that are kept, and lost, together: enough to fill a machine. */
  static final int BATCH = 256;

  private final TrainablePolicy policy;
  private final Answers answers;

  RecordedPolicy(TrainablePolicy policy, Answers answers) {
    this.policy = policy;
    this.answers = answers;
  }

  @Override
  public List<Completion> complete(
      List<Query> queries, Sampling sampling, SamplingProgress progress) {
    List<Completion> all = new ArrayList<>(queries.size());
    for (List<Query> batch : Lists.partition(queries, BATCH)) {
      Optional<List<Completion>> kept = answers.to(batch);
      if (kept.isPresent()) {
        all.addAll(kept.get());
        long tokens = kept.get().stream().mapToLong(c -> c.response().tokens().size()).sum();
        progress.advanced(batch.size(), tokens);
      } else {
        List<Completion> fresh = policy.complete(batch, sampling, progress);
        answers.keep(batch, fresh);
        all.addAll(fresh);
      }
    }
    return List.copyOf(all);
  }

  @Override
  public boolean fits(Example example) {
    return policy.fits(example);
  }

  @Override
  public TrainingSummary train(
      List<Example> examples, Training training, TrainingProgress progress) {
    return policy.train(examples, training, progress);
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
