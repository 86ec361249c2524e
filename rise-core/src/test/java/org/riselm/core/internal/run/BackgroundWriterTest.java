package org.riselm.core.internal.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.util.concurrent.Uninterruptibles;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.riselm.core.run.RunException;

@Timeout(20)
class BackgroundWriterTest {
  @Test
  void whoSettlesSeesAllInOrderEvenWhenInterrupted() {
    List<Integer> done = new ArrayList<>();
    try (BackgroundWriter background = new BackgroundWriter()) {
      background.add(() -> Uninterruptibles.sleepUninterruptibly(Duration.ofMillis(100)));
      for (int i = 0; i < 100; i++) {
        int number = i;
        background.add(() -> done.add(number));
      }
      Thread.currentThread().interrupt();
      background.settle();
      assertTrue(Thread.interrupted());
      assertEquals(100, done.size());
      assertEquals(done.stream().sorted().toList(), done);
    }
  }

  @Test
  void aFailureIsToldOnceByTheNextCall() {
    BackgroundWriter background = new BackgroundWriter();
    background.add(
        () -> {
          throw new RunException("full");
        });
    assertEquals("full", assertThrows(RunException.class, background::settle).getMessage());
    background.settle();
    background.add(
        () -> {
          throw new StackOverflowError();
        });
    assertThrows(StackOverflowError.class, background::close);
  }
}
