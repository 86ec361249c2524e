package org.riselm.core.internal.math;

import java.util.Arrays;
import java.util.Set;
import org.riselm.core.task.math.AnswerEquivalence.Verdict;

/** Whether two lists of one length can be paired off, whatever their order. */
final class Matching {
  private final Verdict[][] verdicts;
  private final Set<Verdict> enough;

  /** Which row each column is paired with; -1 for none. */
  private final int[] rowOf;

  private Matching(Verdict[][] verdicts, Set<Verdict> enough) {
    this.verdicts = verdicts;
    this.enough = enough;
    this.rowOf = new int[verdicts.length];
    Arrays.fill(rowOf, -1);
  }

  /** Whether every row has a column of its own whose verdict is among {@code enough}. */
  static boolean isPerfect(Verdict[][] verdicts, Set<Verdict> enough) {
    Matching matching = new Matching(verdicts, enough);
    for (int row = 0; row < verdicts.length; row++) {
      if (!matching.pair(row, new boolean[verdicts.length])) {
        return false;
      }
    }
    return true;
  }

  /** Finds a column for {@code row}, moving other rows on where that helps. */
  private boolean pair(int row, boolean[] tried) {
    for (int column = 0; column < rowOf.length; column++) {
      if (!tried[column] && enough.contains(verdicts[row][column])) {
        tried[column] = true;
        if (rowOf[column] < 0 || pair(rowOf[column], tried)) {
          rowOf[column] = row;
          return true;
        }
      }
    }
    return false;
  }
}
