package org.riselm.core.internal.math;

import java.util.Optional;
import org.riselm.core.task.math.AnswerEquivalence.Verdict;

/** Compares answers of one kind, each in its usual form. */
interface Rule {
  /**
   * Returns whether {@code left} and {@code right} mean the same; empty if the rule is for neither.
   * Symmetric.
   */
  Optional<Verdict> compare(Node left, Node right);
}
