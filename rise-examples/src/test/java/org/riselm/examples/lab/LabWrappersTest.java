package org.riselm.examples.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.riselm.core.testing.Wrappers;
import org.riselm.examples.Quickstart;

/** What wraps a part of the library here answers for what it wraps. */
class LabWrappersTest {
  /** What wrappers inherit, and why they may. */
  private static final Set<String> INHERITED =
      Set.of(
          // Shorter forms of a method that is forwarded.
          "TimedPolicy.complete", "TimedPolicy.train");

  @Test
  void noWrapperInheritsADefaultMethodOfWhatItWraps() throws Exception {
    Path classes =
        Path.of(Quickstart.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    Wrappers wrappers = Wrappers.in(classes, "org.riselm.examples");
    assertTrue(wrappers.types().size() >= 2, wrappers::toString);
    assertEquals(INHERITED, wrappers.inherited());
  }
}
