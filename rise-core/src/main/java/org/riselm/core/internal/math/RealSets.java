package org.riselm.core.internal.math;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.riselm.core.task.math.AnswerEquivalence.Verdict;

/**
 * Compares sets of real numbers that are built of intervals and points by ∪, ∩ and ∖. All ends of
 * both sets cut the line into cells, the cuts themselves among them; two sets are the same if they
 * hold the same cells.
 */
final class RealSets {
  private static final double NEAR = 1e-9;
  private static final int MAX_CUTS = 40;

  private final Budget budget;
  private final Scalars scalars;
  private final List<Node> cuts = new ArrayList<>();

  RealSets(Budget budget, Scalars scalars) {
    this.budget = budget;
    this.scalars = scalars;
  }

  /**
   * Whether {@code a} and {@code b} hold the same numbers.
   *
   * @throws BeyondGraderException if one of them is no such set
   */
  Verdict compare(Node a, Node b) {
    collect(Forms.simplify(a));
    collect(Forms.simplify(b));
    return Arrays.equals(cells(Forms.simplify(a)), cells(Forms.simplify(b)))
        ? Verdict.EQUAL
        : Verdict.DIFFERENT;
  }

  private void collect(Node set) {
    budget.spend(8);
    if (set instanceof Node.Joined joined) {
      joined.parts().forEach(part -> collect(Forms.simplify(part)));
    } else if (set instanceof Node.Bracketed interval && interval.items().size() == 2) {
      interval.items().forEach(this::cut);
    } else if (set instanceof Node.Braces points) {
      points.items().forEach(this::cut);
    } else {
      throw new BeyondGraderException("not a set of real numbers");
    }
  }

  /** Puts {@code end} in its place among the cuts. */
  private void cut(Node end) {
    double value = value(end);
    if (Double.isInfinite(value)) {
      return;
    }
    int at = 0;
    while (at < cuts.size() && value(cuts.get(at)) < value - NEAR * Math.max(1, Math.abs(value))) {
      at++;
    }
    if (at < cuts.size() && isNear(value(cuts.get(at)), value)) {
      if (scalars.compare(cuts.get(at), end) != Verdict.EQUAL) {
        throw new BeyondGraderException("two ends are too near to tell apart");
      }
      return;
    }
    if (cuts.size() == MAX_CUTS) {
      throw new BeyondGraderException("a set has too many ends");
    }
    cuts.add(at, end);
  }

  private double value(Node end) {
    if (Forms.isInfinity(end)) {
      return Double.POSITIVE_INFINITY;
    }
    if (Forms.isMinusInfinity(end)) {
      return Double.NEGATIVE_INFINITY;
    }
    Complex value =
        Forms.isScalar(end) && Forms.isConstant(end) ? new Numeric(budget, 0).of(end) : Complex.NAN;
    if (!value.isFinite() || value.im() != 0) {
      throw new BeyondGraderException("an end is no real number");
    }
    return value.re();
  }

  private static boolean isNear(double a, double b) {
    return Math.abs(a - b) <= NEAR * Math.max(1, Math.abs(b));
  }

  /**
   * Which of the cells a set holds: below the first cut, the first cut, between it and the next.
   */
  private boolean[] cells(Node set) {
    boolean[] held = new boolean[2 * cuts.size() + 1];
    budget.spend(held.length);
    if (set instanceof Node.Joined joined) {
      held = cells(Forms.simplify(joined.parts().get(0)));
      for (Node part : joined.parts().subList(1, joined.parts().size())) {
        boolean[] other = cells(Forms.simplify(part));
        for (int i = 0; i < held.length; i++) {
          held[i] =
              switch (joined.operator()) {
                case '∪' -> held[i] || other[i];
                case '∩' -> held[i] && other[i];
                default -> held[i] && !other[i];
              };
        }
      }
    } else if (set instanceof Node.Bracketed interval) {
      int from = cell(interval.items().get(0)) + (interval.open() == '[' ? 0 : 1);
      int to = cell(interval.items().get(1)) - (interval.close() == ']' ? 0 : 1);
      for (int i = Math.max(0, from); i <= Math.min(to, held.length - 1); i++) {
        held[i] = true;
      }
    } else if (set instanceof Node.Braces points) {
      for (Node point : points.items()) {
        held[cell(point)] = true;
      }
    }
    return held;
  }

  /** The cell that is the cut {@code end}; -1 and the number of cells for the infinities. */
  private int cell(Node end) {
    double value = value(end);
    if (Double.isInfinite(value)) {
      return value < 0 ? -1 : 2 * cuts.size() + 1;
    }
    int at = 0;
    while (!isNear(value(cuts.get(at)), value)) {
      at++;
    }
    return 2 * at + 1;
  }
}
