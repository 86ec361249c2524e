package org.riselm.spark.internal;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VersionsTest {
  @ParameterizedTest
  @ValueSource(strings = {"2.4.8", "3.4.4"})
  void anOldSparkIsRefused(String version) {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> Versions.requireSpark(version));
    assertTrue(e.getMessage().contains(version), e.getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"3.5.0", "3.5.7", "4.0.1", "4.2.0-SNAPSHOT", "vendor"})
  void newerOnesAndUnknownOnesAreTried(String version) {
    assertDoesNotThrow(() -> Versions.requireSpark(version));
  }

  @Test
  void anotherLibraryOrJavaIsNamed() {
    assertDoesNotThrow(Versions.here()::require);
    IllegalStateException e =
        assertThrows(
            IllegalStateException.class,
            () -> new Versions("0.0.1", Runtime.version().feature()).require());
    assertTrue(e.getMessage().contains("rise 0.0.1"), e.getMessage());
    assertThrows(
        IllegalStateException.class, () -> new Versions(Versions.here().library(), 11).require());
  }
}
