package org.riselm.core.internal.math;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExactTest {
  private final Budget budget = new Budget(Duration.ofSeconds(10));

  private Quotient value(String answer) {
    return new Exact(budget).of(Parser.parse(Cleaner.clean(answer), budget));
  }

  @ParameterizedTest
  @CsvSource({
    "2^{-2}, 1/4",
    "\\sqrt{\\frac{9}{16}}, 3/4",
    "\\sqrt[3]{-8}, -2",
    "\\sqrt{2}\\sqrt{8}, 4",
    "\\lfloor -2.5 \\rfloor, -3",
    "\\lceil 2.5 \\rceil, 3",
    "5!, 120",
    "\\binom{5}{2}, 10",
    "\\binom{2}{5}, 0",
    "|-7|, 7",
    "12.5\\%, 1/8",
    "i^6, -1",
    "0^0, 1"
  })
  void comesToARational(String answer, String rational) {
    assertTrue(value(answer).isRational(), answer);
    assertEquals(rational, value(answer).rational().toString(), answer);
  }

  @ParameterizedTest
  @CsvSource({
    "\\sqrt{12}, 2\\sqrt{3}",
    "\\sqrt{-4}, 2i",
    "\\frac{1}{\\sqrt{2}}, \\frac{\\sqrt{2}}{2}",
    "x^{1/2}x^{1/2}, x",
    "\\sin 30^\\circ, \\sin\\frac{\\pi}{6}"
  })
  void hasOneFormForEqualValues(String answer, String other) {
    assertTrue(value(answer).sameAs(value(other), budget));
  }

  @ParameterizedTest
  @ValueSource(strings = {"\\sin x", "\\sqrt{x^2}", "2^x", "\\sqrt{1+\\sqrt{2}}", "f(2)"})
  void whatHasNoExactFormIsOpaque(String answer) {
    assertTrue(value(answer).hasOpaque());
    assertTrue(value(answer).sameAs(value(answer), budget));
  }

  @ParameterizedTest
  @ValueSource(strings = {"\\frac{1}{0}", "0^{-1}", "1001!", "(-3)!", "2^{5000}", "(1,2)"})
  void whatHasNoValueIsRefused(String answer) {
    assertThrows(BeyondGraderException.class, () -> value(answer));
  }

  @Test
  void aRootOfASquareKeepsItsSign() {
    assertFalse(value("\\sqrt{x^2}").sameAs(value("x"), budget));
  }
}
