package org.riselm.onnx.internal.generate;

import static org.junit.jupiter.api.Assertions.assertEquals;

import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;

class ExponentialTest {
  @Property
  void agreesWithTheLibrary(@ForAll @DoubleRange(min = -700, max = 0) double x) {
    double expected = StrictMath.exp(x);
    assertEquals(expected, Exponential.exp(x), 1e-12 * expected);
  }

  @Example
  void agreesWithTheLibraryBetweenAllSteps() {
    for (double x = -50; x <= 0; x += 0x1p-12) {
      double expected = StrictMath.exp(x);
      assertEquals(expected, Exponential.exp(x), 1e-12 * expected);
    }
  }

  @Example
  void theEnds() {
    assertEquals(1, Exponential.exp(0));
    assertEquals(1, Exponential.exp(-0.0));
    assertEquals(0, Exponential.exp(-701));
    assertEquals(0, Exponential.exp(Double.NEGATIVE_INFINITY));
    assertEquals(Double.NaN, Exponential.exp(Double.NaN));
  }
}
