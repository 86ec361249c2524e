package org.riselm.core.relabel;

import static java.util.Objects.requireNonNull;

/**
 * An attempt and the response to learn instead: what an objective weighs.
 *
 * @param attempt the learner's
 * @param target the target
 */
public record RelabeledAttempt(Attempt attempt, Target target) {
  /** Checks the components. */
  public RelabeledAttempt {
    requireNonNull(attempt, "attempt");
    requireNonNull(target, "relabel");
  }
}
