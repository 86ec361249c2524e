package org.riselm.core.internal.math;

import java.util.List;
import java.util.Optional;
import org.riselm.core.task.math.AnswerEquivalence.Verdict;

/**
 * Compares values with units: known ones of one kind convert, of two kinds they differ, and one
 * that is left out or unknown does not count.
 */
final class QuantityRule implements Rule {
  private final Comparison comparison;

  QuantityRule(Comparison comparison) {
    this.comparison = comparison;
  }

  @Override
  public Optional<Verdict> compare(Node a, Node b) {
    return a instanceof Node.Measured || b instanceof Node.Measured
        ? Optional.of(measured(a, b))
        : Optional.empty();
  }

  private Verdict measured(Node a, Node b) {
    Node x = a instanceof Node.Measured m ? m.value() : a;
    Node y = b instanceof Node.Measured m ? m.value() : b;
    Optional<Units.Unit> u = a instanceof Node.Measured m ? Units.find(m.unit()) : Optional.empty();
    Optional<Units.Unit> v = b instanceof Node.Measured m ? Units.find(m.unit()) : Optional.empty();
    boolean oneBare = !(a instanceof Node.Measured) || !(b instanceof Node.Measured);
    if (oneBare && isOtherSign(u.isPresent() ? u : v, a instanceof Node.Measured ? y : x)) {
      return Verdict.DIFFERENT;
    }
    if (u.isEmpty() || v.isEmpty() || (u.equals(v) && !isHalfDay(u.get()))) {
      return comparison.compare(x, y);
    }
    if (!u.get().kind().equals(v.get().kind())) {
      return Verdict.DIFFERENT;
    }
    return isHalfDay(u.get())
        ? comparison.compare(hours(x), hours(y))
        : comparison.compare(scaled(x, u.get().size()), scaled(y, v.get().size()));
  }

  /** A percent sign beside a unit, or a degree sign beside one that is none of temperature. */
  private static boolean isOtherSign(Optional<Units.Unit> unit, Node bare) {
    return unit.isPresent()
        && (Forms.isPercent(bare)
            || (bare instanceof Node.Degrees && !Units.isTemperature(unit.get())));
  }

  private static boolean isHalfDay(Units.Unit unit) {
    return unit.kind().endsWith(" noon");
  }

  /** 10:30 as ten hours and a half. */
  private static Node hours(Node time) {
    return time instanceof Node.Ratio clock && clock.items().size() == 2
        ? new Node.Sum(
            List.of(
                clock.items().get(0),
                new Node.Product(
                    List.of(clock.items().get(1), new Node.Num(Rational.of(1, 60), -1)))))
        : time;
  }

  private static Node scaled(Node value, Rational size) {
    return new Node.Product(List.of(new Node.Num(size, -1), value));
  }
}
