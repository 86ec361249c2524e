package org.riselm.core.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Locale;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.riselm.core.mdp.Problem;

class Gsm8kVerifierTest {
  private final Gsm8kVerifier verifier = new Gsm8kVerifier();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "#### 18|18",
        "####18|18",
        "#### 1,234|1234",
        "#### 1,234,567.50|1234567.5",
        "#### $18|18",
        "#### -$18|-18",
        "#### $-18|-18",
        "#### -18|-18",
        "#### 18.00|18",
        "#### .5|0.5",
        "#### 0.0|0",
        "#### -0|0",
        "#### 18 dollars|18",
        "#### 25%|25",
        "#### 18.|18",
        "#### 18, as it should be|18",
        "#### **18**|18",
        "\\boxed{18}|18",
        "\\boxed{\\$1{,}800}|1800",
        "\\boxed{\\text{18}}|18",
        "$\\boxed{ 18.50 }$|18.5",
        "first #### 3 then \\boxed{4}|4",
        "first \\boxed{4} then #### 3|4",
        "#### 3 and no: #### 5|5",
        "#### 1/2|0.5",
        "#### 12/3|4",
        "#### 10 + 8 = 18|18",
        "#### 2^5|32",
        "#### 1/3|1/3",
        "\\boxed{\\frac{1}{2}}|0.5",
        "#### 70 thousand|70000",
        "18|18",
        "The answer is 18.|18",
        "Answer: $1,800|1800",
        "16-3-4=9. 9*2=<<9*2=18>>18|18",
        "So she has 18 eggs.|18"
      })
  void reads(String response, String answer) {
    assertEquals(Optional.of(answer), verifier.answer(response));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "####",
        "#### none",
        "\\boxed{}",
        "#### 10:30",
        "#### 1,2345",
        "#### 3 of 5",
        "I do not know, maybe 18.",
        "It is 18 or 19."
      })
  void noAnswer(String response) {
    assertEquals(Optional.empty(), verifier.answer(response));
  }

  @Test
  void noAnswerNeverEqualsNoAnswer() {
    Problem unreadable = Problem.of("p", "q", "no number here");
    assertFalse(verifier.correct(unreadable, "no number here"));
    assertThrows(IllegalArgumentException.class, () -> verifier.correct(unreadable, "#### 1"));
  }

  @Property
  void readsWhatItWrites(
      @ForAll @LongRange(min = -1_000_000_000_000L, max = 1_000_000_000_000L) long whole,
      @ForAll @IntRange(min = 0, max = 99) int cents,
      @ForAll boolean dollars) {
    String text =
        String.format(
            Locale.ROOT,
            "%s%s%,d.%02d",
            whole < 0 ? "-" : "",
            dollars ? "$" : "",
            Math.abs(whole),
            cents);
    String plain = String.format(Locale.ROOT, "%d.%02d", whole, cents);
    assertEquals(verifier.answer("#### " + plain), verifier.answer("so it is\n#### " + text));
    assertEquals(verifier.answer("#### " + plain), verifier.answer("\\boxed{" + text + "}"));
    assertEquals(
        0,
        new java.math.BigDecimal(plain)
            .compareTo(new java.math.BigDecimal(verifier.answer("#### " + plain).orElseThrow())));
  }

  @Property
  void neverThrows(@ForAll String before, @ForAll String after) {
    verifier.answer(before + "#### " + after);
    verifier.answer(before + "\\boxed{" + after + "}");
  }
}
