package org.riselm.core.internal.math;

import org.riselm.core.task.math.AnswerEquivalence.Verdict;

/** Compares scalars: exactly if that decides, else numerically. */
final class Scalars {
  /** Relative distance under which doubles count as equal, and over which as different. */
  private static final double SAME = 1e-11;

  private static final double OTHER = 1e-8;

  /** Doubles above this are too coarse to say that two values are the same. */
  private static final double LARGEST = 1e9;

  private static final int SAMPLES = 8;
  private static final int ENOUGH = 3;

  /** Digits behind the point from which a decimal may stand for a number without an end. */
  private static final int ROUNDED_PLACES = 6;

  /** Significant digits from which a decimal may be a double that was printed in full. */
  private static final int DOUBLE_DIGITS = 15;

  private final Budget budget;

  Scalars(Budget budget) {
    this.budget = budget;
  }

  /** Returns whether both are scalars that mean the same. */
  Verdict compareIfScalar(Node a, Node b) {
    return Forms.isScalar(a) && Forms.isScalar(b) ? compare(a, b) : Verdict.DIFFERENT;
  }

  /** Returns whether two scalars mean the same. */
  Verdict compare(Node a, Node b) {
    try {
      Quotient left = new Exact(budget).of(a);
      Quotient right = new Exact(budget).of(b);
      if (left.sameAs(right, budget)) {
        return Verdict.EQUAL;
      }
      if (!left.hasOpaque() && !right.hasOpaque()) {
        return rounds(a, b, right) || rounds(b, a, left) ? Verdict.EQUAL : Verdict.DIFFERENT;
      }
    } catch (BeyondGraderException e) {
      // Perhaps doubles can tell.
    }
    return numerically(a, b);
  }

  /**
   * Returns whether {@code decimal} is a long decimal that {@code exact} rounds to, or a double
   * that a program printed for it.
   */
  private boolean rounds(Node decimal, Node exact, Quotient value) {
    if (!(decimal instanceof Node.Num number) || number.places() < ROUNDED_PLACES) {
      return false;
    }
    boolean printed = digits(number) >= DOUBLE_DIGITS;
    boolean ends = value.isRational() && value.rational().isTerminating();
    if (ends && (!printed || (exact instanceof Node.Num other && digits(other) >= DOUBLE_DIGITS))) {
      return false;
    }
    Complex x = new Numeric(budget, 0).of(exact);
    double distance = Math.abs(x.re() - number.value().doubleValue());
    double half = 0.5 * Math.pow(10, -number.places());
    return x.im() == 0
        && Math.abs(x.re()) < LARGEST
        && (distance <= half * (1 + 1e-3) || (printed && distance <= 1e-15 * Math.abs(x.re())))
        && x.equals(new Numeric(budget, 1).of(exact));
  }

  private static int digits(Node.Num number) {
    return Math.max(0, number.places()) == 0
        ? 0
        : number
            .value()
            .times(Rational.of(10).pow(number.places()))
            .numerator()
            .abs()
            .toString()
            .length();
  }

  private Verdict numerically(Node a, Node b) {
    int same = 0;
    for (int sample = 0; sample < SAMPLES; sample++) {
      Complex x = new Numeric(budget, sample).of(a);
      Complex y = new Numeric(budget, sample).of(b);
      if (!x.isFinite() || !y.isFinite()) {
        continue;
      }
      double scale = Math.max(x.abs(), y.abs());
      double distance = x.distanceTo(y);
      if (distance > OTHER * scale) {
        return Verdict.DIFFERENT;
      }
      if (distance > SAME * Math.max(scale, 1e-3) || scale > LARGEST) {
        return Verdict.NOT_COMPARABLE;
      }
      same++;
    }
    return same >= ENOUGH ? Verdict.EQUAL : Verdict.NOT_COMPARABLE;
  }
}
