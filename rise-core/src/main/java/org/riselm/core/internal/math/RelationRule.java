package org.riselm.core.internal.math;

import java.util.List;
import java.util.Optional;
import org.riselm.core.task.math.AnswerEquivalence.Verdict;

/**
 * Compares equations and inequalities with each other, up to a factor, and a named value with a
 * bare one. An equation is not one of its sides.
 */
final class RelationRule implements Rule {
  private final Comparison comparison;
  private final ItemMatcher items;
  private final Scalars scalars;
  private final Budget budget;

  RelationRule(Comparison comparison, ItemMatcher items, Scalars scalars, Budget budget) {
    this.comparison = comparison;
    this.items = items;
    this.scalars = scalars;
    this.budget = budget;
  }

  @Override
  public Optional<Verdict> compare(Node a, Node b) {
    return a instanceof Node.Relation || b instanceof Node.Relation
        ? Optional.of(relations(a, b))
        : Optional.empty();
  }

  private Verdict relations(Node a, Node b) {
    if (!(a instanceof Node.Relation x)) {
      return named((Node.Relation) b, a);
    }
    if (!(b instanceof Node.Relation y)) {
      return named(x, b);
    }
    if (!x.signs().equals(y.signs())) {
      return Verdict.DIFFERENT;
    }
    if (x.signs().size() > 1 || !x.signs().get(0).equals("=")) {
      Verdict operands = items.inOrder(x.operands(), y.operands());
      return operands == Verdict.EQUAL || x.signs().size() > 1
          ? operands
          : proportional(x, y, !x.signs().get(0).equals("≠"));
    }
    if (Names.sameName(x, y)) {
      return comparison.compare(x.operands().get(1), y.operands().get(1));
    }
    return proportional(x, y, false);
  }

  /** {@code x = value} against a bare value. */
  private Verdict named(Node.Relation relation, Node other) {
    if (relation.signs().equals(List.of("="))
        && Names.isSumOfVariables(relation.operands().get(0))
        && Forms.isConstant(other)) {
      return comparison.compare(relation.operands().get(1), other); // m + n = 12
    }
    Node first = relation.operands().get(0);
    Node last = relation.operands().get(relation.operands().size() - 1);
    if (relation.signs().stream().allMatch(sign -> sign.equals("="))
        && scalars.compareIfScalar(first, last) == Verdict.EQUAL) {
      return comparison.compare(last, other); // x^2 - 1 = (x - 1)(x + 1)
    }
    return Names.namedValue(relation)
        .map(v -> comparison.compare(v, other))
        .orElse(Verdict.DIFFERENT);
  }

  /** Returns whether left minus right of one is a (positive) multiple of that of the other. */
  private Verdict proportional(Node.Relation a, Node.Relation b, boolean positive) {
    for (Node operand : List.of(a, b)) {
      if (!((Node.Relation) operand).operands().stream().allMatch(Forms::isScalar)) {
        return Verdict.DIFFERENT;
      }
    }
    Quotient x = difference(a);
    Quotient y = difference(b);
    if (x.numerator().isZero() || y.numerator().isZero()) {
      return x.numerator().isZero() && y.numerator().isZero() ? Verdict.EQUAL : Verdict.DIFFERENT;
    }
    Optional<Rational> factor = Forms.constantFactor(x, y, budget);
    return factor.isPresent() && (!positive || factor.get().signum() > 0)
        ? Verdict.EQUAL
        : x.hasOpaque() || y.hasOpaque() ? Verdict.NOT_COMPARABLE : Verdict.DIFFERENT;
  }

  private Quotient difference(Node.Relation relation) {
    Exact exact = new Exact(budget);
    return exact.of(relation.operands().get(0)).minus(exact.of(relation.operands().get(1)), budget);
  }
}
