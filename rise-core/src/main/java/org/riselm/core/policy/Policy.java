package org.riselm.core.policy;

import java.util.List;

/** Responds to states. Takes batches; implementations decide how many queries they run at once. */
public interface Policy {
  /**
   * Responds to every query.
   *
   * <p>A query without a response (an endpoint fails, the state does not fit the context) gives a
   * {@linkplain Completion#failed failed} completion and does not affect the others. Only misuse
   * throws, and a policy that can respond to nothing any more.
   *
   * @param queries the states to respond to; may be empty
   * @param sampling how tokens are drawn
   * @param progress told of finished responses and tokens as they come
   * @return one completion per query, in the order of the queries
   */
  List<Completion> complete(
      List<Query> queries, SamplingOptions sampling, ProgressListener progress);

  /**
   * Responds to every query, without reporting progress.
   *
   * @param queries what to respond to
   * @param sampling how responses are drawn
   * @return a completion for each query, in their order
   */
  default List<Completion> complete(List<Query> queries, SamplingOptions sampling) {
    return complete(queries, sampling, ProgressListener.NONE);
  }
}
