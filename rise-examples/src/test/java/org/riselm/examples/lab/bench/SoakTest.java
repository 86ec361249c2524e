package org.riselm.examples.lab.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.riselm.onnx.internal.runtime.NativeMemory;

/** The quick part of the soak: nothing native is left open, from round to round and at the end. */
class SoakTest {
  @Test
  void trainingAndSamplingLeaveNothingOpen(@TempDir Path folder) throws Exception {
    long before = NativeMemory.openObjects();
    List<Soak.Round> rounds = Soak.run(folder, 3, 3);
    assertEquals(before, NativeMemory.openObjects());
    for (Soak.Round round : rounds) {
      assertEquals(rounds.get(0).openObjects(), round.openObjects());
      assertEquals(rounds.get(0).openBytes(), round.openBytes());
      assertTrue(round.openObjects() > before, "the policy is open");
    }
  }
}
