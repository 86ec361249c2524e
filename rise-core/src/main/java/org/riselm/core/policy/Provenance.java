package org.riselm.core.policy;

import java.util.Map;

/** A policy that says what it runs on. */
public interface Provenance {
  /**
   * What a run should record about the policy's backend, by name: its version, its device. Nothing
   * in it may change from one process to the next on the same machine.
   */
  Map<String, String> provenance();
}
