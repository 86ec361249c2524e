package org.riselm.core.internal.math;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class RationalTest {
  @Test
  void isKeptInLowestTermsWithAPositiveDenominator() {
    assertEquals(Rational.of(-1, 2), Rational.of(3, -6));
    assertEquals("-1/2", Rational.of(3, -6).toString());
    assertEquals("4", Rational.of(-8, -2).toString());
    assertEquals(Rational.ZERO, Rational.of(0, -7));
  }

  @Test
  void readsDecimalsExactly() {
    assertEquals(Rational.of(25, 2), Rational.ofDecimal("12.50"));
    assertEquals(Rational.of(1, 2_000), Rational.ofDecimal(".5e-3"));
    assertEquals(Rational.of(12_000), Rational.ofDecimal("1.2E4"));
  }

  @Test
  void knowsWhichDecimalsEnd() {
    assertTrue(Rational.of(7, 40).isTerminating());
    assertTrue(Rational.of(3).isTerminating());
    assertFalse(Rational.of(1, 12).isTerminating());
  }

  @Test
  void roundsDownToTheFloor() {
    assertEquals(BigInteger.valueOf(-2), Rational.of(-3, 2).floor());
    assertEquals(BigInteger.ONE, Rational.of(3, 2).floor());
    assertEquals(BigInteger.valueOf(-3), Rational.of(-3).floor());
  }

  @Test
  void raisesToNegativePowers() {
    assertEquals(Rational.of(9, 4), Rational.of(2, 3).pow(-2));
    assertEquals(Rational.ONE, Rational.of(2, 3).pow(0));
  }

  @Test
  void refusesWhatHasNoValueOrIsTooLong() {
    assertThrows(BeyondGraderException.class, () -> Rational.of(1, 0));
    assertThrows(BeyondGraderException.class, Rational.ZERO::inverse);
    assertThrows(BeyondGraderException.class, () -> Rational.of(10).pow(100_000));
    assertThrows(BeyondGraderException.class, () -> Rational.ofDecimal("1e999999"));
    assertThrows(BeyondGraderException.class, () -> Rational.of(1, 2).intWithin(10));
    assertThrows(BeyondGraderException.class, () -> Rational.of(11).intWithin(10));
  }

  @Property
  void addsAndMultipliesAsAFieldDoes(
      @ForAll @IntRange(min = -99, max = 99) int a,
      @ForAll @IntRange(min = 1, max = 99) int b,
      @ForAll @IntRange(min = -99, max = 99) int c,
      @ForAll @IntRange(min = 1, max = 99) int d) {
    Rational x = Rational.of(a, b);
    Rational y = Rational.of(c, d);
    assertEquals(Rational.of((long) a * d + (long) c * b, (long) b * d), x.plus(y));
    assertEquals(Rational.of((long) a * c, (long) b * d), x.times(y));
    assertEquals(x, x.plus(y).minus(y));
    assertEquals(Long.signum((long) a * d - (long) c * b), Integer.signum(x.compareTo(y)));
  }
}
