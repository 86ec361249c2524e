package org.riselm.core.internal.run;

import com.google.common.collect.Lists;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import org.riselm.core.policy.Completion;
import org.riselm.core.policy.Policy;
import org.riselm.core.policy.Query;
import org.riselm.core.policy.SamplingOptions;
import org.riselm.core.policy.SamplingProgress;

/**
 * A policy whose answers are kept, batch by batch. A batch that was kept is not sampled again. The
 * batches are cut in the same way in every process, so a resumed run gives the same bytes.
 */
final class CachingPolicy implements Policy {
  private final String name;
  private final Policy policy;
  private final int batch;
  private final ResponseLog answers;

  /**
   * Records {@code policy}.
   *
   * @param name that tells it from other policies
   * @param batch queries that are kept, and lost, together
   */
  CachingPolicy(String name, Policy policy, int batch, ResponseLog answers) {
    this.name = name;
    this.policy = policy;
    this.batch = batch;
    this.answers = answers;
  }

  @Override
  public List<Completion> complete(
      List<Query> queries, SamplingOptions sampling, SamplingProgress progress) {
    List<Completion> all = new ArrayList<>(queries.size());
    for (List<Query> part : Lists.partition(queries, batch)) {
      Optional<List<Completion>> kept = answers.find(name, part);
      if (kept.isPresent()) {
        all.addAll(kept.get());
        long tokens = kept.get().stream().mapToLong(c -> c.response().tokens().size()).sum();
        progress.advanced(part.size(), tokens);
      } else {
        all.addAll(sampled(part, sampling, progress));
      }
    }
    return List.copyOf(all);
  }

  private List<Completion> sampled(
      List<Query> queries, SamplingOptions sampling, SamplingProgress progress) {
    List<Completion> fresh = policy.complete(queries, sampling, progress);
    if (Thread.currentThread().isInterrupted()) {
      // A policy that heeds the interrupt may have answered that it was interrupted.
      throw new CancellationException("interrupted while sampling");
    }
    answers.add(name, queries, fresh);
    return fresh;
  }
}
