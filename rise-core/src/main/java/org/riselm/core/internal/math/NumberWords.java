package org.riselm.core.internal.math;

import com.google.common.collect.ImmutableMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Numbers in words, from zero to 999,999, and some fractions: "twenty-one", "two thirds". */
final class NumberWords {
  private static final List<String> SMALL =
      List.of(
          ("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen"
                  + " fifteen sixteen seventeen eighteen nineteen")
              .split(" "));
  private static final List<String> TENS =
      List.of("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety");
  private static final ImmutableMap<String, Integer> PARTS =
      ImmutableMap.<String, Integer>builder()
          .put("half", 2)
          .put("halves", 2)
          .put("third", 3)
          .put("thirds", 3)
          .put("quarter", 4)
          .put("quarters", 4)
          .put("fourth", 4)
          .put("fourths", 4)
          .put("fifth", 5)
          .put("fifths", 5)
          .buildOrThrow();

  private NumberWords() {}

  /** The number that {@code words} say, if they say nothing else. */
  static Optional<Rational> read(String words) {
    String[] parts = words.toLowerCase(Locale.ROOT).strip().split("[ -]+");
    int last = parts.length - 1;
    if (last < 0) {
      return Optional.empty();
    }
    Integer part = PARTS.get(parts[last]);
    if (part != null) {
      Rational one = Rational.of(1, part);
      return last == 0 && part == 2
          ? Optional.of(one)
          : last == 1 && parts[0].equals("a")
              ? Optional.of(one)
              : whole(parts, last).filter(n -> n > 0).map(n -> one.times(Rational.of(n)));
    }
    return whole(parts, parts.length).map(Rational::of);
  }

  /** The whole number in the first {@code count} parts. */
  private static Optional<Integer> whole(String[] parts, int count) {
    int thousands = 0;
    int total = 0;
    // What may still be added without a larger word: "two twenty" is no number.
    int below = 1_000;
    for (int i = 0; i < count; i++) {
      int small = SMALL.indexOf(parts[i]);
      int tens = (TENS.indexOf(parts[i]) + 2) * 10;
      if (small >= 0 && small < below && (small > 0 || count == 1)) {
        total += small;
        below = 1;
      } else if (tens >= 20 && below >= 100) {
        total += tens;
        below = 10;
      } else if (parts[i].equals("hundred") && total > 0 && total < 10) {
        total *= 100;
        below = 100;
      } else if (parts[i].equals("thousand") && total > 0 && thousands == 0) {
        thousands = total * 1_000;
        total = 0;
        below = 1_000;
      } else {
        return Optional.empty();
      }
    }
    return count == 0 ? Optional.empty() : Optional.of(thousands + total);
  }
}
