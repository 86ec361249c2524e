package org.riselm.core.internal.math;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UnitsTest {
  @ParameterizedTest
  @CsvSource({
    "square centimeters, cm^2",
    "sq cm, cm^2",
    "cm squared, cm^2",
    "cm^{2}, cm^2",
    "miles per hour, mile/hour",
    "mph, mile/hour",
    "feet of rope, feet",
    "Hours, hour"
  })
  void hasOneSpellingForAUnit(String words, String canonical) {
    assertEquals(Units.find(canonical), Units.find(Units.canonical(words)));
    assertTrue(Units.find(Units.canonical(words)).isPresent(), words);
  }

  @Test
  void convertsExactlyWithinAKind() {
    Units.Unit inch = Units.find("inch").orElseThrow();
    Units.Unit foot = Units.find("ft").orElseThrow();
    assertEquals(inch.kind(), foot.kind());
    assertEquals(Rational.of(12), foot.size().times(inch.size().inverse()));
    Units.Unit liter = Units.find("l").orElseThrow();
    Units.Unit cube = Units.find("cm^3").orElseThrow();
    assertEquals(liter.kind(), cube.kind());
    assertEquals(Rational.of(1_000), liter.size().times(cube.size().inverse()));
  }

  @Test
  void tellsKindsApart() {
    assertNotEquals(Units.find("cm").orElseThrow().kind(), Units.find("cm^2").orElseThrow().kind());
    assertNotEquals(Units.find("$").orElseThrow().kind(), Units.find("€").orElseThrow().kind());
    assertEquals(Optional.empty(), Units.find("apple"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"squared", "times 3", "more than 5", "3 inches", "hundredths"})
  void wordsThatChangeANumberAreNoUnit(String words) {
    assertFalse(Units.isPlain(words));
  }

  @ParameterizedTest
  @ValueSource(strings = {"cm^2", "times", "apples", "more", "miles per hour", "(mod 7)"})
  void wordsThatLeaveANumberAloneArePlain(String words) {
    assertTrue(Units.isPlain(words));
  }

  @Test
  void readsMagnitudes() {
    assertEquals(Optional.of(Rational.of(1_000_000)), Units.magnitude("Million dollars"));
    assertEquals(Optional.empty(), Units.magnitude("dollars"));
  }
}
