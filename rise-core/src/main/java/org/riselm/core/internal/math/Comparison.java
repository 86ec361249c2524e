package org.riselm.core.internal.math;

import java.util.List;
import java.util.Optional;
import org.riselm.core.task.math.AnswerEquivalence.Verdict;

/**
 * Compares two answers as they were read. The first rule that is for one of them decides, so their
 * order says which kind wins: 5 cm is a quantity before it is a number.
 */
public final class Comparison {
  private final Budget budget;
  private final Inequalities inequalities;
  private final List<Rule> rules;

  public Comparison(Budget budget) {
    this.budget = budget;
    this.inequalities = new Inequalities(budget);
    Scalars scalars = new Scalars(budget);
    ItemMatcher items = new ItemMatcher(this);
    this.rules =
        List.of(
            new QuantityRule(this),
            new WordRule(),
            new RelationRule(this, items, scalars, budget),
            new PercentRule(scalars),
            new ListRule(items),
            new SetRule(this, items, scalars, budget),
            new RatioRule(items, scalars),
            Comparison::bases,
            new MatrixRule(items),
            (a, b) -> Optional.of(scalars.compareIfScalar(a, b)));
  }

  /** Returns whether {@code first} and {@code second} mean the same. Symmetric. */
  public Verdict compare(Node first, Node second) {
    budget.spend(4);
    if (Forms.isAbout(first) || Forms.isAbout(second)) {
      return about(first, second);
    }
    Node a = inequalities.solved(first);
    Node b = inequalities.solved(second);
    if (Inequalities.areOfTwoVariables(a, b)) {
      return Verdict.DIFFERENT;
    }
    Node left = Forms.simplify(a);
    Node right = Forms.simplify(b);
    for (Rule rule : rules) {
      Optional<Verdict> verdict = rule.compare(left, right);
      if (verdict.isPresent()) {
        return verdict.get();
      }
    }
    return Verdict.DIFFERENT;
  }

  /** Either value may be the one that was asked for. */
  private Verdict about(Node a, Node b) {
    Verdict best = Verdict.DIFFERENT;
    for (Node x : Forms.values(a)) {
      for (Node y : Forms.values(b)) {
        best = ItemMatcher.better(best, compare(x, y));
      }
    }
    return best;
  }

  /** Digits in a base equal only the same digits in the same base. */
  private static Optional<Verdict> bases(Node a, Node b) {
    return a instanceof Node.Based || b instanceof Node.Based
        ? Optional.of(a.equals(b) ? Verdict.EQUAL : Verdict.DIFFERENT)
        : Optional.empty();
  }
}
