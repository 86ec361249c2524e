package org.riselm.onnx.internal.util;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;

class WorkersTest {
  @Test
  void everyPieceIsDoneOnceByNumberedThreads() {
    try (Workers workers = new Workers("pieces", 3)) {
      for (int pieces : new int[] {0, 1, 2, 3, 100}) {
        AtomicIntegerArray done = new AtomicIntegerArray(pieces);
        Set<Integer> numbers = ConcurrentHashMap.newKeySet();
        workers.each(
            pieces,
            number -> {
              assertTrue(numbers.add(number), "one number for two threads");
              return done::incrementAndGet;
            });
        for (int i = 0; i < pieces; i++) {
          assertEquals(1, done.get(i));
        }
        assertTrue(numbers.stream().allMatch(n -> n < 3));
      }
    }
  }

  @Test
  void theyWorkAtTheSameTime() {
    CountDownLatch all = new CountDownLatch(3);
    try (Workers workers = new Workers("together", 3)) {
      workers.each(
          3,
          number ->
              i -> {
                all.countDown();
                try {
                  all.await(); // Nobody would get past this alone.
                } catch (InterruptedException e) {
                  throw new IllegalStateException(e);
                }
              });
    }
    assertEquals(0, all.getCount());
  }

  @Test
  void aFailureIsTheCallers() {
    try (Workers workers = new Workers("failing", 2)) {
      for (int bad : new int[] {0, 1, 7}) {
        RuntimeException e =
            assertThrows(
                RuntimeException.class,
                () ->
                    workers.each(
                        8,
                        number ->
                            i -> {
                              if (i == bad) {
                                throw new IllegalStateException("piece " + bad);
                              }
                            }));
        assertTrue(e.toString().contains("piece " + bad), e.toString());
      }
    }
  }

  @Test
  void thereIsOneAtLeast() {
    assertThrows(IllegalArgumentException.class, () -> new Workers("none", 0));
  }
}
