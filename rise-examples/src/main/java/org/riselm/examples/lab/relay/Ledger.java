package org.riselm.examples.lab.relay;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.zip.CRC32;

/**
 * What somebody has, and how it changes day by day; it stays in 0..{@link #LARGEST}.
 *
 * @param start what there is at first
 * @param changes of Monday, Tuesday and so on; negative for a loss
 */
record Ledger(int start, List<Integer> changes) {
  static final int LARGEST = 20;
  static final List<String> DAYS = List.of("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun");

  private static final int LARGEST_CHANGE = 5;
  // One ledger in ten is for testing only.
  private static final int HELD_OUT_EVERY = 10;

  Ledger {
    changes = List.copyOf(changes);
  }

  /** Any ledger, its number of days uniform in 1..7. */
  static Ledger draw(SplittableRandom random) {
    int start = random.nextInt(1, LARGEST + 1);
    int days = random.nextInt(1, DAYS.size() + 1);
    List<Integer> changes = new ArrayList<>();
    int total = start;
    for (int i = 0; i < days; i++) {
      int change = random.nextInt(1, LARGEST_CHANGE + 1) * (random.nextBoolean() ? 1 : -1);
      if (total + change < 0 || total + change > LARGEST) {
        change = -change;
      }
      changes.add(change);
      total += change;
    }
    return new Ledger(start, changes);
  }

  /** Whether these numbers, whatever the words around them, are for testing only. */
  boolean heldOut() {
    CRC32 hash = new CRC32();
    hash.update((start + " " + changes).getBytes(StandardCharsets.UTF_8));
    return hash.getValue() % HELD_OUT_EVERY == 0;
  }

  /** {@code total}, or the nearest that a ledger can hold. */
  static int inRange(int total) {
    return Math.max(0, Math.min(LARGEST, total));
  }

  int days() {
    return changes.size();
  }

  /** What there is after the last day. */
  int result() {
    return start + changes.stream().mapToInt(Integer::intValue).sum();
  }
}
