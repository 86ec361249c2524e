package org.riselm.core.internal.math;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.time.Duration;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class PolynomialTest {
  private final Budget budget = new Budget(Duration.ofSeconds(10));
  private final Polynomial x = Polynomial.atom("x");
  private final Polynomial y = Polynomial.atom("y");

  private Polynomial root(long n) {
    return Polynomial.term(
        Map.of(Polynomial.primeName(BigInteger.valueOf(n)), Rational.of(1, 2)),
        Rational.ONE,
        budget);
  }

  @Test
  void expandsProducts() {
    Polynomial sum = x.plus(y, budget);
    Polynomial square = x.times(x, budget).plus(y.times(y, budget), budget);
    Polynomial middle = x.times(y, budget).times(Polynomial.of(Rational.of(2)), budget);
    assertEquals(square.plus(middle, budget), sum.times(sum, budget));
  }

  @Test
  void termsThatCancelAreGone() {
    assertTrue(x.minus(x, budget).isZero());
    assertEquals(Rational.ZERO, x.minus(x, budget).rational());
  }

  @Test
  void aRootTimesItselfIsItsPrime() {
    assertEquals(Polynomial.of(Rational.of(2)), root(2).times(root(2), budget));
    assertFalse(root(2).times(root(3), budget).isRational());
  }

  @Test
  void theSquareOfIIsMinusOne() {
    Polynomial i = Polynomial.atom(Polynomial.I);
    assertEquals(Polynomial.of(Rational.MINUS_ONE), i.times(i, budget));
  }

  @Test
  void knowsWhetherATermIsOpaque() {
    assertTrue(x.plus(Polynomial.opaque("sin(x)"), budget).hasOpaque());
    assertFalse(x.hasOpaque());
  }

  @Test
  void tooManyTermsAreGivenUp() {
    Polynomial sum = Polynomial.ZERO;
    for (int i = 0; i < 30; i++) {
      sum = sum.plus(Polynomial.atom("x" + i), budget);
    }
    Polynomial wide = sum;
    assertThrows(BeyondGraderException.class, () -> wide.times(wide, budget));
  }

  @Property
  void quotientsThatAreEqualAreTheSame(
      @ForAll @IntRange(min = -9, max = 9) int a, @ForAll @IntRange(min = 1, max = 9) int b) {
    // (x² - a²) / (b (x - a)) = (x + a) / b
    Polynomial minus = x.minus(Polynomial.of(Rational.of(a)), budget);
    Polynomial plus = x.plus(Polynomial.of(Rational.of(a)), budget);
    Polynomial factor = Polynomial.of(Rational.of(b));
    Quotient left = new Quotient(minus.times(plus, budget), minus.times(factor, budget));
    assertTrue(left.sameAs(new Quotient(plus, factor), budget));
    assertEquals(a == 0, left.sameAs(new Quotient(minus, factor), budget));
  }
}
