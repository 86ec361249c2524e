package org.riselm.core.internal.math;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CleanerTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "$5$|5",
        "\\(5\\).|5",
        "\\[ 5 \\]|5",
        "$5|$5",
        "**5**|5",
        "__5__|5",
        "2**10|2^10",
        "= 5|5",
        "'5'|5",
        "f'|f'",
        "5,|5"
      })
  void takesOffWhatIsAroundAnAnswer(String answer, String clean) {
    assertEquals(clean, Cleaner.clean(answer).strip());
  }

  @Test
  void textOfOneFormIsTheSameText() {
    assertEquals(form("\\dfrac{1}{2}"), form("\\frac {1} {2}"));
    assertEquals(form("\\text{No solution}"), form("no solution"));
    assertEquals(form("\\left( 1, 2 \\right)"), form("(1,2)"));
    assertNotEquals(form("1 2"), form("12"));
    assertNotEquals(form("32, 349"), form("32,349"));
    assertNotEquals(form("A"), form("a"));
  }

  private static String form(String answer) {
    return Cleaner.textForm(Cleaner.clean(answer));
  }

  @Test
  void findsWhatIsOutsideOfBrackets() {
    assertEquals(8, Cleaner.lastOutside("f(x = 1)= (y = 2)", '='));
    assertEquals(-1, Cleaner.lastOutside("{a, b}\\,c", ','));
    assertEquals(3, Cleaner.closingBrace("{\\}}", 0));
    assertEquals(-1, Cleaner.closingBrace("{{}", 0));
  }
}
