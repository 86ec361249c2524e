package org.riselm.core.internal.math;

import java.util.Map;
import java.util.TreeMap;

/** One polynomial over another: the exact value of an expression. Immutable. */
public record Quotient(Polynomial numerator, Polynomial denominator) {
  private static final int MAX_POWER = 4_096;

  static final Quotient ZERO = of(Polynomial.ZERO);
  static final Quotient ONE = of(Polynomial.ONE);

  static Quotient of(Polynomial value) {
    return new Quotient(value, Polynomial.ONE);
  }

  static Quotient of(Rational value) {
    return of(Polynomial.of(value));
  }

  Quotient plus(Quotient other, Budget budget) {
    if (denominator.equals(other.denominator)) {
      return new Quotient(numerator.plus(other.numerator, budget), denominator);
    }
    return new Quotient(
        numerator
            .times(other.denominator, budget)
            .plus(other.numerator.times(denominator, budget), budget),
        denominator.times(other.denominator, budget));
  }

  Quotient minus(Quotient other, Budget budget) {
    return plus(new Quotient(other.numerator.negated(budget), other.denominator), budget);
  }

  Quotient times(Quotient other, Budget budget) {
    return new Quotient(
        numerator.times(other.numerator, budget), denominator.times(other.denominator, budget));
  }

  Quotient inverse(Budget budget) {
    if (numerator.isZero()) {
      throw new BeyondGraderException("division by zero");
    }
    if (!numerator.isSingleTerm()) {
      return new Quotient(denominator, numerator);
    }
    Map<String, Rational> powers = new TreeMap<>();
    numerator.powers().forEach((atom, e) -> powers.put(atom, e.negated()));
    Polynomial inverse = Polynomial.term(powers, numerator.coefficient().inverse(), budget);
    return of(denominator.times(inverse, budget));
  }

  Quotient pow(Rational exponent, Budget budget) {
    int n = exponent.intWithin(MAX_POWER);
    if (n < 0) {
      return inverse(budget).pow(Rational.of(-(long) n), budget);
    }
    Quotient result = ONE;
    Quotient square = this;
    for (int bits = n; bits > 0; bits >>= 1) {
      if ((bits & 1) == 1) {
        result = result.times(square, budget);
      }
      if (bits > 1) {
        square = square.times(square, budget);
      }
    }
    return result;
  }

  public boolean isRational() {
    return numerator.isRational() && denominator.isRational();
  }

  /** The value, if {@link #isRational}. */
  public Rational rational() {
    return numerator.rational().times(denominator.rational().inverse());
  }

  boolean hasOpaque() {
    return numerator.hasOpaque() || denominator.hasOpaque();
  }

  /** Whether both are the same for all values of the variables and opaque terms. */
  boolean sameAs(Quotient other, Budget budget) {
    return numerator
        .times(other.denominator, budget)
        .minus(other.numerator.times(denominator, budget), budget)
        .isZero();
  }

  /** The same text for quotients that are built the same way; different texts may mean the same. */
  String canonical() {
    return denominator.equals(Polynomial.ONE)
        ? numerator.canonical()
        : numerator.canonical() + "/" + denominator.canonical();
  }
}
