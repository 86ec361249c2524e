package org.riselm.core.internal.math;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LexerTest {
  private static List<String> numbers(String answer) {
    return Lexer.tokens(answer, new Budget(Duration.ofSeconds(10))).stream()
        .filter(token -> token.kind() == Token.Kind.NUMBER)
        .map(Token::text)
        .toList();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "32,349|32349",
        "32, 349|32 349",
        "32{,}349|32349",
        "32,\\! 349|32349",
        "32\\,349|32349",
        "32 349|32349",
        "1,234,567.5|1234567.5",
        "1,2345|1 2345",
        "1,2,345|1 2 345",
        "1,234, 5,678|1234 5678",
        "(1,234)|1 234",
        "1.5e3|1.5e3",
        "12 34|12 34"
      })
  void partsNumbersAsTheyAreWritten(String answer, String numbers) {
    assertEquals(List.of(numbers.split(" ")), numbers(answer));
  }

  @Test
  void whatIsNotKnownIsRefused() {
    Budget budget = new Budget(Duration.ofSeconds(10));
    assertThrows(BeyondGraderException.class, () -> Lexer.tokens("\\foo", budget));
    assertThrows(BeyondGraderException.class, () -> Lexer.tokens("é", budget));
    assertThrows(BeyondGraderException.class, () -> Lexer.tokens("1".repeat(5_000), budget));
  }
}
