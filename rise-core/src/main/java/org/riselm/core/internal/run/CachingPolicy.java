package org.riselm.core.internal.run;

import com.google.common.collect.Lists;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import org.riselm.core.policy.Completion;
import org.riselm.core.policy.Policy;
import org.riselm.core.policy.ProgressListener;
import org.riselm.core.policy.Query;
import org.riselm.core.policy.SamplingOptions;
import org.riselm.core.policy.spi.SamplingMeter;

/**
 * A policy whose answers are kept, batch by batch. A batch that was kept is not sampled again. The
 * batches are cut in the same way in every process, so a resumed run gives the same bytes.
 */
final class CachingPolicy implements Policy {
  private final String name;
  private final Policy policy;
  private final int batch;
  private final ResponseLog responses;

  /**
   * Records {@code policy}.
   *
   * @param name that tells it from other policies
   * @param batch queries that are kept, and lost, together
   */
  CachingPolicy(String name, Policy policy, int batch, ResponseLog responses) {
    this.name = name;
    this.policy = policy;
    this.batch = batch;
    this.responses = responses;
  }

  @Override
  public List<Completion> complete(
      List<Query> queries, SamplingOptions sampling, ProgressListener progress) {
    List<Completion> all = new ArrayList<>(queries.size());
    SamplingMeter meter = new SamplingMeter(queries.size(), progress);
    for (List<Query> part : Lists.partition(queries, batch)) {
      Optional<List<Completion>> kept = responses.find(name, part);
      if (kept.isPresent()) {
        all.addAll(kept.get());
        meter.advanced(part.size(), tokens(kept.get()));
      } else {
        all.addAll(sampled(part, sampling, meter));
      }
    }
    return List.copyOf(all);
  }

  private static long tokens(List<Completion> completions) {
    return completions.stream().mapToLong(c -> c.response().tokens().size()).sum();
  }

  private List<Completion> sampled(
      List<Query> queries, SamplingOptions sampling, SamplingMeter meter) {
    long[] told = {0, 0};
    List<Completion> fresh =
        policy.complete(
            queries,
            sampling,
            event -> {
              meter.advanced(event.done() - told[0], event.tokens() - told[1]);
              told[0] = event.done();
              told[1] = event.tokens();
            });
    if (Thread.currentThread().isInterrupted()) {
      // A policy that heeds the interrupt may have answered that it was interrupted.
      throw new CancellationException("interrupted while sampling");
    }
    responses.add(name, queries, fresh);
    return fresh;
  }
}
