package org.riselm.examples.lab.toy;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.riselm.core.mdp.Problem;

/** Draws problems until there are enough different ones. */
public final class Draws {
  private static final int MOST_PER_PROBLEM = 1000;

  private Draws() {}

  /** What a problem asks, and its reference. */
  public record Draw(String prompt, String reference) {}

  /**
   * {@code count} problems, no two of which ask the same; the same for the same seed.
   *
   * @param set what they are for; their ids begin with it
   * @param draw one draw; empty if it is not one for this set
   * @throws IllegalArgumentException if there are hardly so many
   */
  public static List<Problem> different(
      String set, long seed, int count, Function<SplittableRandom, Optional<Draw>> draw) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Problem> problems = new ArrayList<>(count);
    Set<String> seen = new HashSet<>();
    for (long draws = 0; problems.size() < count; draws++) {
      if (draws > (long) MOST_PER_PROBLEM * count) {
        throw new IllegalArgumentException(
            "%d %s problems were asked for; there are about %d"
                .formatted(count, set, problems.size()));
      }
      Optional<Draw> drawn = draw.apply(random);
      if (drawn.isPresent() && seen.add(drawn.get().prompt())) {
        String id = String.format(Locale.ROOT, "%s-%x-%d", set, seed, problems.size());
        problems.add(Problem.of(id, drawn.get().prompt(), drawn.get().reference()));
      }
    }
    return problems;
  }
}
