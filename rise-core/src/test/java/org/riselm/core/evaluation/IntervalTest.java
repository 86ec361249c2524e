package org.riselm.core.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IntervalTest {
  /** From Newcombe 1998, Statistics in Medicine 17, table I, method 3 (Wilson's score interval). */
  @ParameterizedTest
  @CsvSource({
    "81, 263, 0.2553, 0.3662",
    "15, 148, 0.0624, 0.1605",
    "0, 20, 0.0000, 0.1611",
    "1, 29, 0.0061, 0.1718"
  })
  void knownWilsonIntervals(int successes, int trials, double low, double high) {
    Interval interval = Interval.wilson(successes, trials);
    assertEquals((double) successes / trials, interval.estimate(), 1e-12);
    assertEquals(low, interval.low(), 5e-5);
    assertEquals(high, interval.high(), 5e-5);
  }

  @Property
  void wilsonHoldsTheEstimateWithinZeroAndOne(
      @ForAll @IntRange(min = 1, max = 5000) int trials, @ForAll @IntRange(max = 5000) int at) {
    int successes = at % (trials + 1);
    Interval i = Interval.wilson(successes, trials);
    assertTrue(0 <= i.low() && i.low() <= i.estimate(), i::toString);
    assertTrue(i.estimate() <= i.high() && i.high() <= 1, i::toString);
    Interval mirrored = Interval.wilson(trials - successes, trials);
    assertEquals(1 - i.high(), mirrored.low(), 1e-9);
  }

  @Test
  void aPairedDifferenceHasABootstrapInterval() {
    Random random = new Random(5);
    int n = 400;
    double[] a = new double[n];
    double[] b = new double[n];
    for (int i = 0; i < n; i++) {
      b[i] = random.nextDouble() < 0.4 ? 1 : 0;
      a[i] = b[i] == 1 || random.nextDouble() < 0.3 ? 1 : 0;
    }
    Interval difference = Interval.pairedDifference(a, b, 1);
    double mean = 0;
    double square = 0;
    for (int i = 0; i < n; i++) {
      double d = a[i] - b[i];
      mean += d / n;
      square += d * d / n;
    }
    // The normal approximation, which is good at this size.
    double half = 1.96 * Math.sqrt((square - mean * mean) / n);
    assertEquals(mean, difference.estimate(), 1e-12);
    assertEquals(mean - half, difference.low(), 0.01);
    assertEquals(mean + half, difference.high(), 0.01);
    assertEquals(difference, Interval.pairedDifference(a, b, 1));
  }

  @Test
  void equalOutcomesDifferByNothing() {
    double[] same = new double[30];
    Arrays.fill(same, 0, 10, 1);
    assertEquals(new Interval(0, 0, 0), Interval.pairedDifference(same, same.clone(), 9));
  }

  @Test
  void badCountsAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> Interval.wilson(0, 0));
    assertThrows(IllegalArgumentException.class, () -> Interval.wilson(3, 2));
    assertThrows(
        IllegalArgumentException.class,
        () -> Interval.pairedDifference(new double[1], new double[2], 0));
    assertThrows(IllegalArgumentException.class, () -> Interval.mean(new double[0], 0));
  }
}
