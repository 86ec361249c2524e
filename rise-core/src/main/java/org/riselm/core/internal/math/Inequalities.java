package org.riselm.core.internal.math;

import com.google.common.collect.ImmutableSortedMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Solves inequalities that are linear in one variable: 2 < 2x < 6 is 1 < x < 3. */
final class Inequalities {
  private final Budget budget;

  Inequalities(Budget budget) {
    this.budget = budget;
  }

  /** Returns {@code node} with its variable alone, if it is such an inequality; else as it is. */
  Node solved(Node node) {
    if (!(node instanceof Node.Relation relation)
        || !Forms.isInequality(node)
        || relation.operands().size() > 3
        || relation.operands().stream().anyMatch(Forms::isVariable)
        || !relation.operands().stream().allMatch(Forms::isScalar)) {
      return node;
    }
    Node.Relation ascending = Forms.ascending(relation);
    List<Node.Relation> links = new ArrayList<>();
    for (int i = 0; i < ascending.signs().size(); i++) {
      link(ascending.operands().subList(i, i + 2), ascending.signs().get(i)).ifPresent(links::add);
    }
    if (links.size() < ascending.signs().size()) {
      return node;
    }
    if (links.size() == 1) {
      return links.get(0);
    }
    boolean inOrder = Forms.isVariable(links.get(0).operands().get(1));
    return both(links.get(inOrder ? 0 : 1), links.get(inOrder ? 1 : 0)).orElse(node);
  }

  /** Returns {@code left sign right} as {@code bound sign variable} or the other way round. */
  private Optional<Node.Relation> link(List<Node> sides, String sign) {
    Exact exact = new Exact(budget);
    Quotient difference = exact.of(sides.get(1)).minus(exact.of(sides.get(0)), budget);
    if (!difference.denominator().isRational() || difference.numerator().terms().size() > 2) {
      return Optional.empty();
    }
    Rational constant = Rational.ZERO;
    Rational slope = Rational.ZERO;
    String variable = "";
    for (Map.Entry<ImmutableSortedMap<String, Rational>, Rational> term :
        difference.numerator().terms().entrySet()) {
      if (term.getKey().isEmpty()) {
        constant = term.getValue();
      } else if (term.getKey().size() == 1
          && variable.isEmpty()
          && term.getKey().values().iterator().next().isOne()
          && Forms.isVariable(new Node.Sym(term.getKey().firstKey()))) {
        variable = term.getKey().firstKey();
        slope = term.getValue();
      } else {
        return Optional.empty();
      }
    }
    if (variable.isEmpty() || !Character.isLetter(variable.charAt(0))) {
      return Optional.empty();
    }
    Node bound = new Node.Num(constant.negated().times(slope.inverse()), -1);
    Node symbol = new Node.Sym(variable);
    boolean below = slope.signum() > 0 == difference.denominator().rational().signum() > 0;
    return Optional.of(
        new Node.Relation(below ? List.of(bound, symbol) : List.of(symbol, bound), List.of(sign)));
  }

  /** Returns a lower and an upper bound as one relation; empty if these are not such two. */
  private static Optional<Node> both(Node.Relation lower, Node.Relation upper) {
    List<Node> operands = new ArrayList<>(lower.operands());
    operands.add(upper.operands().get(1));
    return lower.operands().get(1).equals(upper.operands().get(0))
        ? Optional.of(
            new Node.Relation(
                List.copyOf(operands), List.of(lower.signs().get(0), upper.signs().get(0))))
        : Optional.empty();
  }
}
