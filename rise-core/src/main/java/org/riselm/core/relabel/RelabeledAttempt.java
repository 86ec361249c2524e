package org.riselm.core.relabel;

import static java.util.Objects.requireNonNull;

/**
 * An attempt and the response to learn instead: what an objective weighs.
 *
 * @param attempt the learner's
 * @param relabel the target
 */
public record RelabeledAttempt(Attempt attempt, Target relabel) {
  public RelabeledAttempt {
    requireNonNull(attempt, "attempt");
    requireNonNull(relabel, "relabel");
  }
}
