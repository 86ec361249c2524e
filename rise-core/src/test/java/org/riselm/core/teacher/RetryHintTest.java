package org.riselm.core.teacher;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetryHintTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Rate limit reached. Please try again in 1m2s. Visit ... | PT1M2S",
        "Please try again in 30ms. | PT0.03S",
        "Please try again in 7.66s. | PT7.66S",
        "please retry after 20 seconds | PT20S",
        "Please retry after 2 minutes | PT2M",
        "Please try again in 6m0s. | PT6M",
        "Please try again in 1h15m30.5s. | PT1H15M30.5S",
        "Retry-After: 3 s | PT3S",
        "{\"message\": \"Quota exceeded\", \"retryDelay\": \"17s\"} | PT17S",
      })
  void readsThePause(String message, Duration pause) {
    assertEquals(Optional.of(pause), RetryHint.in(message));
  }

  @Test
  void findsNoneWhereNoneIs() {
    assertEquals(Optional.empty(), RetryHint.in("You sent 20 requests in 3 s"));
    assertEquals(Optional.empty(), RetryHint.in("try again later"));
  }
}
