package org.riselm.core.internal.math;

import java.util.List;
import java.util.Optional;
import org.riselm.core.task.math.AnswerEquivalence.Verdict;

/** Compares sets: of numbers by what is in them, others item by item. */
final class SetRule implements Rule {
  private final Comparison comparison;
  private final ItemMatcher items;
  private final Scalars scalars;
  private final Budget budget;

  SetRule(Comparison comparison, ItemMatcher items, Scalars scalars, Budget budget) {
    this.comparison = comparison;
    this.items = items;
    this.scalars = scalars;
    this.budget = budget;
  }

  @Override
  public Optional<Verdict> compare(Node a, Node b) {
    if (a instanceof Node.Joined || b instanceof Node.Joined) {
      return Optional.of(joined(a, b));
    }
    return a instanceof Node.Braces || b instanceof Node.Braces
        ? Optional.of(sets(a, b))
        : Optional.empty();
  }

  /** Sets of numbers by what is in them; others by how they are written. */
  private Verdict joined(Node left, Node right) {
    try {
      return new RealSets(budget, scalars).compare(left, right);
    } catch (BeyondGraderException e) {
      if (!(left instanceof Node.Joined x)
          || !(right instanceof Node.Joined y)
          || x.operator() != y.operator()) {
        return Verdict.NOT_COMPARABLE;
      }
      Verdict parts =
          x.operator() == '∖'
              ? items.inOrder(x.parts(), y.parts())
              : items.anyOrder(x.parts(), y.parts());
      return parts == Verdict.EQUAL ? parts : Verdict.NOT_COMPARABLE;
    }
  }

  private Verdict sets(Node a, Node b) {
    if (a instanceof Node.Braces x && b instanceof Node.Braces y) {
      return items.sameMembers(x.items(), y.items());
    }
    List<Node> members = a instanceof Node.Braces x ? x.items() : ((Node.Braces) b).items();
    Node other = a instanceof Node.Braces ? b : a;
    return members.size() == 1 && (Forms.isScalar(other) || other instanceof Node.Bracketed)
        ? comparison.compare(members.get(0), other)
        : Verdict.DIFFERENT;
  }
}
