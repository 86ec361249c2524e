package org.riselm.core.internal.math;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.riselm.core.task.math.AnswerEquivalence.Verdict;

class ScalarsTest {
  private final Budget budget = new Budget(Duration.ofSeconds(10));

  private Verdict compare(String a, String b) {
    return new Scalars(budget).compare(Parser.parse(a, budget), Parser.parse(b, budget));
  }

  @ParameterizedTest
  @CsvSource({
    "0.333333, 1/3, EQUAL",
    "0.33333, 1/3, DIFFERENT",
    "0.333334, 1/3, DIFFERENT",
    "0.0833333333333333, 1/12, EQUAL",
    "33.333333333333336, 100/3, EQUAL",
    "33.333333333333436, 100/3, DIFFERENT",
    "1.4142135623730951, \\sqrt{2}, EQUAL",
    "1.4142135623740951, \\sqrt{2}, DIFFERENT",
    "0.30000000000000004, 0.3, EQUAL",
    "0.3000001, 0.3, DIFFERENT",
    "0.123456789012345678, 0.123456789012345679, DIFFERENT"
  })
  void aLongDecimalEqualsWhatRoundsToIt(String decimal, String exact, Verdict verdict) {
    assertEquals(verdict, compare(decimal, exact));
    assertEquals(verdict, compare(exact, decimal));
  }

  @ParameterizedTest
  @CsvSource({
    "\\sin 2x, 2\\sin x\\cos x, EQUAL",
    "\\sqrt{2+\\sqrt{3}}, \\frac{\\sqrt{6}+\\sqrt{2}}{2}, EQUAL",
    "\\ln 2, \\ln 3, DIFFERENT",
    "\\sqrt{\\sqrt{2}+10^{20}}, \\sqrt{\\sqrt{3}+10^{20}}, NOT_COMPARABLE"
  })
  void doublesDecideWhereThereIsNoExactForm(String a, String b, Verdict verdict) {
    assertEquals(verdict, compare(a, b));
  }
}
