package org.riselm.core.policy.spi;

import java.util.Map;

/** A policy that describes what it runs on. */
public interface Provenance {
  /**
   * {@return what a run should record about the policy, by name: the model's shape, how the backend
   * uses the machine} The same in every process that makes the policy in the same way.
   */
  Map<String, String> provenance();
}
