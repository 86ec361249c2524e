package org.riselm.core.internal.math;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NumberWordsTest {
  @ParameterizedTest
  @CsvSource({
    "zero, 0",
    "Seventeen, 17",
    "twenty-one, 21",
    "nine hundred ninety nine, 999",
    "two thousand five, 2005",
    "one half, 1/2",
    "two thirds, 2/3",
    "a quarter, 1/4"
  })
  void readsNumbers(String words, String value) {
    assertEquals(Optional.of(value), NumberWords.read(words).map(Rational::toString));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-", "two twenty", "twenty eleven", "hundred", "two apples", "third"})
  void readsNothingElse(String words) {
    assertEquals(Optional.empty(), NumberWords.read(words));
  }
}
