package org.riselm.core.internal.math;

import java.math.BigDecimal;
import java.math.BigInteger;

/** An exact fraction in lowest terms, of bounded size. */
public record Rational(BigInteger numerator, BigInteger denominator)
    implements Comparable<Rational> {
  /** The longest numerator or denominator; 2^16384 has about 4,900 digits. */
  static final int MAX_BITS = 16_384;

  static final Rational ZERO = of(0);
  static final Rational ONE = of(1);
  static final Rational MINUS_ONE = of(-1);

  public Rational {
    if (denominator.signum() == 0) {
      throw new BeyondGraderException("division by zero");
    }
    BigInteger divisor = numerator.gcd(denominator);
    if (denominator.signum() < 0) {
      divisor = divisor.negate();
    }
    numerator = numerator.divide(divisor);
    denominator = denominator.divide(divisor);
    if (numerator.bitLength() > MAX_BITS || denominator.bitLength() > MAX_BITS) {
      throw new BeyondGraderException("a number is too long");
    }
  }

  static Rational of(long value) {
    return new Rational(BigInteger.valueOf(value), BigInteger.ONE);
  }

  static Rational of(BigInteger value) {
    return new Rational(value, BigInteger.ONE);
  }

  static Rational of(long numerator, long denominator) {
    return new Rational(BigInteger.valueOf(numerator), BigInteger.valueOf(denominator));
  }

  /** The value of a decimal such as {@code 12.50} or {@code .5e-3}. */
  static Rational ofDecimal(String text) {
    int exponentAt = Math.max(text.indexOf('e'), text.indexOf('E'));
    String exponent = exponentAt < 0 ? "" : text.substring(exponentAt + 1);
    if (text.length() > MAX_BITS / 4 || exponent.length() > 5) {
      throw new BeyondGraderException("a number is too long");
    }
    BigDecimal value = new BigDecimal(text);
    if (Math.abs((long) value.scale()) > MAX_BITS / 4) {
      throw new BeyondGraderException("a number is too long");
    }
    return value.scale() <= 0
        ? of(value.toBigIntegerExact())
        : new Rational(value.unscaledValue(), BigInteger.TEN.pow(value.scale()));
  }

  Rational plus(Rational other) {
    return new Rational(
        numerator.multiply(other.denominator).add(other.numerator.multiply(denominator)),
        denominator.multiply(other.denominator));
  }

  Rational minus(Rational other) {
    return plus(other.negated());
  }

  Rational times(Rational other) {
    return new Rational(
        numerator.multiply(other.numerator), denominator.multiply(other.denominator));
  }

  Rational negated() {
    return new Rational(numerator.negate(), denominator);
  }

  Rational inverse() {
    return new Rational(denominator, numerator);
  }

  Rational pow(int exponent) {
    long bits = Math.max(numerator.bitLength(), denominator.bitLength());
    boolean unit = bits <= 1;
    if (!unit && bits * Math.abs((long) exponent) > 2L * MAX_BITS) {
      throw new BeyondGraderException("a power is too large");
    }
    int times = Math.abs(exponent);
    Rational power = new Rational(numerator.pow(times), denominator.pow(times));
    return exponent < 0 ? power.inverse() : power;
  }

  int signum() {
    return numerator.signum();
  }

  boolean isInteger() {
    return denominator.equals(BigInteger.ONE);
  }

  boolean isOne() {
    return equals(ONE);
  }

  /** The value as an int, where it is a whole number between -bound and bound. */
  int intWithin(int bound) {
    if (!isInteger() || numerator.bitLength() > 31 || Math.abs(numerator.longValue()) > bound) {
      throw new BeyondGraderException("a number is not whole or too large");
    }
    return numerator.intValue();
  }

  /** The greatest whole number that is not above this. */
  BigInteger floor() {
    BigInteger[] parts = numerator.divideAndRemainder(denominator);
    return parts[1].signum() < 0 ? parts[0].subtract(BigInteger.ONE) : parts[0];
  }

  /** Whether the value can be written as a decimal with an end. */
  public boolean isTerminating() {
    BigInteger rest = denominator.shiftRight(Math.max(0, denominator.getLowestSetBit()));
    BigInteger five = BigInteger.valueOf(5);
    while (rest.mod(five).signum() == 0) {
      rest = rest.divide(five);
    }
    return rest.equals(BigInteger.ONE);
  }

  double doubleValue() {
    return new BigDecimal(numerator)
        .divide(new BigDecimal(denominator), java.math.MathContext.DECIMAL64)
        .doubleValue();
  }

  @Override
  public int compareTo(Rational other) {
    return numerator.multiply(other.denominator).compareTo(other.numerator.multiply(denominator));
  }

  @Override
  public String toString() {
    return isInteger() ? numerator.toString() : numerator + "/" + denominator;
  }
}
