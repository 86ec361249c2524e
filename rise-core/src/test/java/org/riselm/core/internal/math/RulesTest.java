package org.riselm.core.internal.math;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.riselm.core.task.math.AnswerEquivalence.Verdict;

/** Each rule of {@link Comparison} by itself. */
class RulesTest {
  private static void check(String a, String b, Verdict verdict) {
    Budget budget = new Budget(Duration.ofSeconds(10));
    Node left = Parser.parse(Cleaner.clean(a), budget);
    Node right = Parser.parse(Cleaner.clean(b), budget);
    assertEquals(verdict, new Comparison(budget).compare(left, right));
    assertEquals(verdict, new Comparison(budget).compare(right, left));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "500 cm; 5\\text{ m}; EQUAL",
        "5\\text{ m}; 5 \\text{ s}; DIFFERENT",
        "5 \\text{ apples}; 5\\text{ m}; EQUAL",
        "5; 5 cm; EQUAL",
        "5\\%; 5 cm; DIFFERENT",
        "4:30 pm; 4:30 am; DIFFERENT"
      })
  void quantitiesConvertOrDiffer(String a, String b, Verdict verdict) {
    check(a, b, verdict);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "\\text{no solutions}; There is no solution; EQUAL",
        "\\text{even}; \\text{odd}; DIFFERENT",
        "\\text{even}; 2; NOT_COMPARABLE"
      })
  void wordsAreComparedByTheirLetters(String a, String b, Verdict verdict) {
    check(a, b, verdict);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "x = 5; 5; EQUAL",
        "a_5 = 5; 5; EQUAL",
        "f(2) = 5; 5; EQUAL",
        "I(0) = 5; 5; EQUAL",
        "\\frac{AB}{CD} = 5; 5; EQUAL",
        "AB:CD = 3:2; 3:2; EQUAL",
        "\\sin\\theta = 5; 5; EQUAL",
        "m + n = 5; 5; EQUAL",
        "P(A \\cap B) = 5; 5; EQUAL",
        "\\int_0^1 g\\,dx = 5; 5; EQUAL",
        "f(1) + f(2) = 5; 5; EQUAL",
        "x + y = 5; 5; DIFFERENT",
        "x^2 = 5; 5; DIFFERENT",
        "2x = 5; 5; DIFFERENT",
        "x(x+1) = 5; 5; DIFFERENT",
        "x^2 + y^2 = 25; x^2 + y^2; DIFFERENT",
        "x = 5; y = 5; DIFFERENT",
        "f(1) = 5; f(2) = 5; DIFFERENT",
        "y = 2x; f(x) = 2x; EQUAL",
        "x - 2y = 3; 4y - 2x = -6; EQUAL",
        "x - 2y = 3; x + 2y = 3; DIFFERENT",
        "x^2 - 1 = (x-1)(x+1); (x-1)(x+1); EQUAL"
      })
  void namesFallOffAndEquationsAreNotTheirSides(String a, String b, Verdict verdict) {
    check(a, b, verdict);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "x < 3; 3 > x; EQUAL",
        "x < 3; 2x < 6; EQUAL",
        "x < 3; -x > -3; EQUAL",
        "x < 3; -x < -3; DIFFERENT",
        "x < 3; x \\le 3; DIFFERENT",
        "x < 3; y < 3; DIFFERENT",
        "2 < 2x < 6; (1, 3); EQUAL",
        "1 - x > 5; (-\\infty, -4); EQUAL",
        "2x + 4y \\ge 6; x + 2y \\ge 3; EQUAL",
        "2x + 4y \\ge 6; -x - 2y \\le -3; EQUAL",
        "2x + 4y \\ge 6; x + 2y \\le 3; DIFFERENT",
        "y > 2x + 1; y - 2x > 1; EQUAL",
        "x > 1, x \\ne 2; (1,2) \\cup (2,\\infty); EQUAL",
        "\\{x \\mid x > 2\\}; (2, \\infty); EQUAL"
      })
  void inequalitiesEqualTheirMultiplesAndMirrorImages(String a, String b, Verdict verdict) {
    check(a, b, verdict);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "50\\%; 50; EQUAL",
        "50\\%; 0.5; EQUAL",
        "50\\%; 5\\%; DIFFERENT",
        "50\\%; (1,2); DIFFERENT"
      })
  void aPercentSignMayBeLeftOutOrBeAHundredth(String a, String b, Verdict verdict) {
    check(a, b, verdict);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "1, 2; 2, 1; EQUAL",
        "1, 2; 1; DIFFERENT",
        "1, 2; \\{2, 1\\}; EQUAL",
        "1, 2; (1,2); EQUAL",
        "2, 1; (1,2); DIFFERENT",
        "y = 2, x = 1; (1,2); EQUAL",
        "32, 349; 32349; DIFFERENT",
        "\\pm 2; 2, -2; EQUAL",
        "\\pm 2; 2; DIFFERENT",
        "(\\pm 1, 0); (1,0), (-1,0); EQUAL"
      })
  void listsAreInAnyOrderAndTuplesInOne(String a, String b, Verdict verdict) {
    check(a, b, verdict);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "\\{1, 2, 2\\}; \\{2, 1\\}; EQUAL",
        "\\{5\\}; 5; EQUAL",
        "\\{0, \\pm 1\\}; \\{-1, 0, 1\\}; EQUAL",
        "\\{1, 3\\} \\cup \\{2\\}; \\{1, 2, 3\\}; EQUAL",
        "[1,2] \\cup [2,3]; [1,3]; EQUAL",
        "(-\\infty,0) \\cup (0,\\infty); \\mathbb{R} \\setminus \\{0\\}; EQUAL",
        "[1,2]; (1,2); DIFFERENT"
      })
  void setsAreComparedByWhatIsInThem(String a, String b, Verdict verdict) {
    check(a, b, verdict);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "3:4; 6:8; EQUAL",
        "3:4; \\frac{3}{4}; EQUAL",
        "3:4; 4:3; DIFFERENT",
        "4:30; 8:60; DIFFERENT",
        "101_2; 101_{\\text{two}}; EQUAL",
        "101_2; 101; DIFFERENT",
        "f(2); 2f; NOT_COMPARABLE"
      })
  void ratiosAreProportionsAndBasesCount(String a, String b, Verdict verdict) {
    check(a, b, verdict);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "\\begin{pmatrix}1\\\\2\\end{pmatrix}; (1,2); EQUAL",
        "\\begin{pmatrix}1\\\\2\\end{pmatrix}; (2,1); DIFFERENT",
        "\\begin{pmatrix}1&2\\\\3&4\\end{pmatrix}; [[1,2],[3,4]]; EQUAL",
        "\\begin{pmatrix}1&2\\end{pmatrix}; \\begin{pmatrix}1\\\\2\\end{pmatrix}; DIFFERENT",
        "2\\begin{pmatrix}1\\\\2\\end{pmatrix}; \\begin{bmatrix}2\\\\4\\end{bmatrix}; EQUAL",
        "\\begin{pmatrix}1\\end{pmatrix}; 1; DIFFERENT"
      })
  void matricesAreComparedEntryByEntry(String a, String b, Verdict verdict) {
    check(a, b, verdict);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "\\alpha\\beta; \\beta\\alpha; EQUAL",
        "\\mathrm{AB}\\cdot\\mathrm{CD}; \\mathrm{CD}\\cdot\\mathrm{AB}; EQUAL",
        "\\hbar\\omega; \\omega\\hbar; EQUAL",
        "\\text{base} \\cdot \\text{height}; \\text{height} \\cdot \\text{base}; EQUAL",
        "\\alpha\\beta; \\alpha\\gamma; DIFFERENT"
      })
  void productsOfSymbolsCommute(String a, String b, Verdict verdict) {
    check(a, b, verdict);
  }
}
