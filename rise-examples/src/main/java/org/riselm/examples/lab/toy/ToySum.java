package org.riselm.examples.lab.toy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.zip.CRC32;

/**
 * A chain of additions and subtractions whose running total stays in 0..{@link #LARGEST}.
 *
 * @param start the first number
 * @param steps what is added, negative to subtract
 */
record ToySum(int start, List<Integer> steps) {
  static final int LARGEST = 15;

  private static final int MOST_STEPS = 4;
  private static final int LARGEST_STEP = 5;
  private static final int LARGEST_MISS = 3;
  // One sum in ten is for testing only.
  private static final int HELD_OUT_EVERY = 10;

  ToySum {
    steps = List.copyOf(steps);
  }

  /** Any sum, its number of steps uniform in 1..4. */
  static ToySum draw(SplittableRandom random) {
    int start = random.nextInt(1, LARGEST + 1);
    int count = random.nextInt(1, MOST_STEPS + 1);
    List<Integer> steps = new ArrayList<>();
    int total = start;
    for (int i = 0; i < count; i++) {
      int step = random.nextInt(1, LARGEST_STEP + 1) * (random.nextBoolean() ? 1 : -1);
      if (total + step < 0 || total + step > LARGEST) {
        step = -step;
      }
      steps.add(step);
      total += step;
    }
    return new ToySum(start, steps);
  }

  /** Whether this sum, whatever the words around it, is for testing only. */
  boolean heldOut() {
    CRC32 hash = new CRC32();
    hash.update((start + " " + steps).getBytes(StandardCharsets.UTF_8));
    return hash.getValue() % HELD_OUT_EVERY == 0;
  }

  int result() {
    return start + steps.stream().mapToInt(Integer::intValue).sum();
  }

  /** A result that is off by 1 to 3, in range. */
  int miss(SplittableRandom random) {
    int truth = result();
    int[] near =
        IntStream.rangeClosed(truth - LARGEST_MISS, truth + LARGEST_MISS)
            .filter(n -> n != truth && n >= 0 && n <= LARGEST)
            .toArray();
    return near[random.nextInt(near.length)];
  }

  /** The chain, worked out: {@code 8 + 5 = 13 - 2 = 11}. */
  String working() {
    StringBuilder text = new StringBuilder().append(start);
    int total = start;
    for (int step : steps) {
      total += step;
      text.append(step < 0 ? " - " : " + ").append(Math.abs(step)).append(" = ").append(total);
    }
    return text.toString();
  }

  /** A response that blurts {@code quickAnswer}, then works the sum out correctly. */
  String response(int quickAnswer) {
    return "#### " + quickAnswer + " ; " + working();
  }
}
