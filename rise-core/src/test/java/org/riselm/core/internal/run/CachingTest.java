package org.riselm.core.internal.run;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.riselm.core.internal.util.ForwardingCheck;
import org.riselm.core.policy.Policy;
import org.riselm.core.policy.ScoringPolicy;
import org.riselm.core.policy.TrainablePolicy;
import org.riselm.core.policy.spi.DeviceMemoryMeter;
import org.riselm.core.policy.spi.Provenance;

class CachingTest {
  @TempDir Path temp;

  private RunDirectory open() {
    return RunDirectory.open(temp.resolve("run"), Map.of(), Map.of(), Duration.ofHours(1));
  }

  @Test
  void aLearnerWhoseResponsesAreKeptKeepsAllThatItOffers() {
    try (RunDirectory directory = open()) {
      ForwardingCheck.everythingIsForwarded(
          TrainablePolicy.class,
          directory::caching,
          ScoringPolicy.class,
          Provenance.class,
          DeviceMemoryMeter.class);
    }
  }

  @Test
  void aTeacherWhoseResponsesAreKeptKeepsAllThatItOffers() {
    try (RunDirectory directory = open()) {
      ForwardingCheck.everythingIsForwarded(
          Policy.class, p -> directory.caching("teacher", p), ScoringPolicy.class);
    }
  }
}
