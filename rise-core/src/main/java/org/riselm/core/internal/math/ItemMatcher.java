package org.riselm.core.internal.math;

import java.util.List;
import java.util.Set;
import org.riselm.core.task.math.AnswerEquivalence.Verdict;

/** Compares lists item by item, in order or in any. */
final class ItemMatcher {
  private final Comparison comparison;

  ItemMatcher(Comparison comparison) {
    this.comparison = comparison;
  }

  /** Returns whether the items are the same, place by place. */
  Verdict inOrder(List<Node> a, List<Node> b) {
    if (a.size() != b.size()) {
      return Verdict.DIFFERENT;
    }
    Verdict all = Verdict.EQUAL;
    for (int i = 0; i < a.size() && all != Verdict.DIFFERENT; i++) {
      all = worse(all, comparison.compare(a.get(i), b.get(i)));
    }
    return all;
  }

  /** Returns whether the items can be paired off. */
  Verdict anyOrder(List<Node> a, List<Node> b) {
    if (a.size() != b.size()) {
      return Verdict.DIFFERENT;
    }
    Verdict[][] verdicts = all(a, b);
    return Matching.isPerfect(verdicts, Set.of(Verdict.EQUAL))
        ? Verdict.EQUAL
        : Matching.isPerfect(verdicts, Set.of(Verdict.EQUAL, Verdict.NOT_COMPARABLE))
            ? Verdict.NOT_COMPARABLE
            : Verdict.DIFFERENT;
  }

  /** Returns whether each item of one has its like in the other, however often. */
  Verdict sameMembers(List<Node> a, List<Node> b) {
    Verdict[][] verdicts = all(a, b);
    Verdict all = Verdict.EQUAL;
    for (int i = 0; i < a.size(); i++) {
      Verdict best = Verdict.DIFFERENT;
      for (int j = 0; j < b.size(); j++) {
        best = better(best, verdicts[i][j]);
      }
      all = worse(all, best);
    }
    for (int j = 0; j < b.size(); j++) {
      Verdict best = Verdict.DIFFERENT;
      for (int i = 0; i < a.size(); i++) {
        best = better(best, verdicts[i][j]);
      }
      all = worse(all, best);
    }
    return all;
  }

  private Verdict[][] all(List<Node> a, List<Node> b) {
    Verdict[][] verdicts = new Verdict[a.size()][];
    for (int i = 0; i < a.size(); i++) {
      verdicts[i] = new Verdict[b.size()];
      for (int j = 0; j < b.size(); j++) {
        verdicts[i][j] = comparison.compare(a.get(i), b.get(j));
      }
    }
    return verdicts;
  }

  /** Returns the one that says more for equality. */
  static Verdict better(Verdict a, Verdict b) {
    return a == Verdict.EQUAL || b == Verdict.DIFFERENT ? a : b;
  }

  /** Returns the one that says less for equality. */
  static Verdict worse(Verdict a, Verdict b) {
    return a == Verdict.DIFFERENT || b == Verdict.DIFFERENT
        ? Verdict.DIFFERENT
        : a == Verdict.NOT_COMPARABLE ? a : b;
  }
}
