package org.riselm.core.policy.spi;

import org.riselm.core.policy.Policy;

/**
 * Keeps the responses of policies, so that a run that goes on need not sample or buy them again.
 */
@FunctionalInterface
public interface ResponseCache {
  /** Keeps nothing. */
  ResponseCache NONE = (name, policy) -> policy;

  /**
   * {@return {@code policy}, whose responses are kept as they come}
   *
   * @param name that tells it from the other policies of a stage, in every process of the run
   * @param policy the policy whose responses are kept
   */
  Policy caching(String name, Policy policy);
}
