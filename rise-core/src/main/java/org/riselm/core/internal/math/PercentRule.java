package org.riselm.core.internal.math;

import java.util.Optional;
import org.riselm.core.task.math.AnswerEquivalence.Verdict;

/** Compares percentages: a percent sign may be left out, or be read as a hundredth. */
final class PercentRule implements Rule {
  private final Scalars scalars;

  PercentRule(Scalars scalars) {
    this.scalars = scalars;
  }

  @Override
  public Optional<Verdict> compare(Node a, Node b) {
    boolean one = Forms.isPercent(a);
    boolean other = Forms.isPercent(b);
    if (!one && !other) {
      return Optional.empty();
    }
    Verdict asWritten = scalars.compareIfScalar(a, b);
    return Optional.of(
        (one && other) || asWritten == Verdict.EQUAL
            ? asWritten
            : ItemMatcher.better(
                scalars.compareIfScalar(
                    one ? Forms.withoutPercent(a) : a, other ? Forms.withoutPercent(b) : b),
                asWritten));
  }
}
