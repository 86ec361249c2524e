package org.riselm.core.policy;

import java.util.List;

/** Answers states. Batch first; implementations decide how many they run at once. */
public interface Policy {
  /**
   * Answers every query, in order.
   *
   * <p>A query that cannot be answered (an endpoint fails, the state does not fit the context)
   * gives a {@linkplain Completion#failed failed} completion and leaves its neighbours alone. Only
   * misuse throws, and a policy that can answer nothing more.
   *
   * @param queries the states to answer; may be empty
   * @param sampling how tokens are drawn
   * @param progress told of finished answers as they come
   * @return one completion per query, in the order of the queries
   */
  List<Completion> complete(
      List<Query> queries, SamplingOptions sampling, ProgressListener progress);

  /** {@link #complete(List, SamplingOptions, ProgressListener)}, unwatched. */
  default List<Completion> complete(List<Query> queries, SamplingOptions sampling) {
    return complete(queries, sampling, ProgressListener.NONE);
  }
}
