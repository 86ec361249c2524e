package org.riselm.core.policy.spi;

import org.riselm.core.policy.Policy;

/** Has a run keep what policies answer, so that a run that goes on need not ask them again. */
@FunctionalInterface
public interface ResponseCache {
  /** Keeps nothing. */
  ResponseCache NONE = (name, policy) -> policy;

  /**
   * {@code policy}, whose answers are kept as they come.
   *
   * @param name that tells it from the other policies of a stage, in every process of the run
   */
  Policy caching(String name, Policy policy);
}
