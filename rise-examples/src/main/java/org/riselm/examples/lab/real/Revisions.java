package org.riselm.examples.lab.real;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.riselm.core.mdp.Episode;
import org.riselm.core.mdp.Turn;
import org.riselm.core.mdp.Verifier;

/**
 * What second turns do to first ones, in shares of the episodes whose first turn was correct or was
 * not.
 *
 * @param incorrect episodes whose first turn was incorrect
 * @param copied of those: the same answer again
 * @param changed of those: another incorrect answer, or none
 * @param fixed of those: the correct answer
 * @param correct episodes whose first turn was correct
 * @param spoiled of those: no longer correct
 */
record Revisions(int incorrect, int copied, int changed, int fixed, int correct, int spoiled) {
  static Revisions of(List<Episode> episodes, Verifier verifier) {
    int[] n = new int[6];
    for (Episode episode : episodes) {
      Turn first = episode.turns().get(0);
      Turn second = episode.turns().get(1);
      if (first.correct()) {
        n[4]++;
        n[5] += second.correct() ? 0 : 1;
      } else {
        n[0]++;
        n[second.correct() ? 3 : same(first, second, verifier) ? 1 : 2]++;
      }
    }
    return new Revisions(n[0], n[1], n[2], n[3], n[4], n[5]);
  }

  private static boolean same(Turn first, Turn second, Verifier verifier) {
    Optional<String> answer = verifier.answer(first.response().text());
    Optional<String> other = verifier.answer(second.response().text());
    return answer.isPresent()
        && other.isPresent()
        && verifier.equivalent(answer.get(), other.get());
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%d incorrect first turns: %.0f %% copied, %.0f %% changed, %.0f %% fixed; %d correct: %.0f"
            + " %% spoiled",
        incorrect,
        100.0 * copied / Math.max(1, incorrect),
        100.0 * changed / Math.max(1, incorrect),
        100.0 * fixed / Math.max(1, incorrect),
        correct,
        100.0 * spoiled / Math.max(1, correct));
  }
}
