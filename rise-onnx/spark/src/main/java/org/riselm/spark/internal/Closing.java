package org.riselm.spark.internal;

import org.riselm.core.policy.Policy;

/** Closes policies that need it. */
final class Closing {
  private Closing() {}

  static void close(Policy policy) {
    if (policy instanceof AutoCloseable closeable) {
      try {
        closeable.close();
      } catch (RuntimeException e) {
        throw e;
      } catch (Exception e) {
        throw new IllegalStateException("the policy cannot be closed", e);
      }
    }
  }
}
