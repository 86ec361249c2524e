package org.riselm.core.internal.run;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.junit.jupiter.api.Test;

class ManifestTest {
  @Test
  void namesTheVersionOfTheLibrary() {
    String version = Manifest.of(Map.of(), Map.of()).environment().get("rise");
    assertTrue(String.valueOf(version).matches("\\d+\\.\\d+\\.\\d+(-SNAPSHOT)?"), version);
  }
}
