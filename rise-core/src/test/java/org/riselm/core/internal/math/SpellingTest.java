package org.riselm.core.internal.math;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is done to the characters of an answer before it is read. */
class SpellingTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "10²³|10^{23}",
        "10⁻³|10^{-3}",
        "x₁₂|x_{12}",
        "６＋７|6+7",
        "（1，2）|(1,2)",
        "3 − 2|3 - 2",
        "é|é"
      })
  void charactersBecomeAscii(String text, String ascii) {
    assertEquals(ascii, Characters.ascii(text).strip());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\\\\frac{1}{2}|\\frac{1}{2}",
        "\\\\(5\\\\)|\\(5\\)",
        "\\\\{1,2\\\\}|\\{1,2\\}",
        "\\begin{pmatrix}a\\\\pi\\end{pmatrix}|\\begin{pmatrix}a\\\\pi\\end{pmatrix}",
        "a\\\\b|a\\\\b"
      })
  void backslashesThatWereEscapedTwiceAreUndone(String text, String undone) {
    assertEquals(undone, Escapes.undo(text));
  }

  @Test
  void backslashesThatWereReadAsControlCharactersComeBack() {
    assertEquals("\\frac{1}{2}", Escapes.undo("\frac{1}{2}"));
    assertEquals("\\boxed{5}", Escapes.undo("\boxed{5}"));
    assertEquals("2\\times 3", Escapes.undo("2\times 3"));
    assertEquals("a\tb", Escapes.undo("a\tb"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0.1666...|0.1\\overline{6}",
        "0.\\dot{3}|0.\\overline{3}",
        "0.(142857)|0.\\overline{142857}",
        "30^o|30^\\circ",
        "7 \\pmod 9|7 \\text{ (mod } 9)",
        "(0,1) U (2,3)|(0,1) \\cup (2,3)"
      })
  void rarerSpellingsBecomeTheUsualOnes(String text, String usual) {
    assertEquals(usual, Respelling.of(text).strip());
  }
}
