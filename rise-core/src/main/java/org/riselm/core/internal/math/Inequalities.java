package org.riselm.core.internal.math;

import com.google.common.collect.ImmutableSortedMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/** Solves inequalities that are linear in one variable: 2 < 2x < 6 is 1 < x < 3. */
final class Inequalities {
  private static final Set<String> ORDER = Set.of("<", "≤", ">", "≥");

  private final Budget budget;

  Inequalities(Budget budget) {
    this.budget = budget;
  }

  /** Returns {@code node} with its variable alone, if it is such an inequality; else as it is. */
  Node solved(Node node) {
    if (!(node instanceof Node.Relation relation)
        || !isInequality(node)
        || relation.operands().size() > 3
        || relation.operands().stream().anyMatch(Forms::isVariable)
        || !relation.operands().stream().allMatch(Forms::isScalar)) {
      return node;
    }
    Node.Relation ascending = ascending(relation);
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

  /** Returns the interval that {@code relation} is, or the relation in ascending order. */
  static Node usual(Node.Relation relation) {
    Node.Relation ascending = ascending(relation);
    return interval(ascending).map(Node.class::cast).orElse(ascending);
  }

  /**
   * Returns whether both say how a variable lies to constants, but not the same one: x > 5, y > 5.
   */
  static boolean areOfTwoVariables(Node a, Node b) {
    return isInequality(a)
        && isInequality(b)
        && variable(a).isPresent()
        && variable(b).isPresent()
        && !variable(a).equals(variable(b));
  }

  private static Node.Relation ascending(Node.Relation relation) {
    if (relation.signs().stream().noneMatch(s -> s.equals(">") || s.equals("≥"))) {
      return relation;
    }
    List<Node> operands = new ArrayList<>(relation.operands());
    List<String> signs = new ArrayList<>(relation.signs());
    java.util.Collections.reverse(operands);
    java.util.Collections.reverse(signs);
    UnaryOperator<String> turn =
        s ->
            switch (s) {
              case ">" -> "<";
              case "≥" -> "≤";
              case "<" -> ">";
              case "≤" -> "≥";
              default -> s;
            };
    signs.replaceAll(turn);
    return new Node.Relation(List.copyOf(operands), List.copyOf(signs));
  }

  /** {@code 1 < x ≤ 2} as (1, 2]; empty if it is not one variable between constants. */
  private static Optional<Node.Bracketed> interval(Node.Relation relation) {
    List<Node> operands = relation.operands();
    List<String> signs = relation.signs();
    if (!signs.stream().allMatch(s -> s.equals("<") || s.equals("≤")) || operands.size() > 3) {
      return Optional.empty();
    }
    int variable = 0;
    while (variable < operands.size() && !Forms.isVariable(operands.get(variable))) {
      variable++;
    }
    if (variable == operands.size() || (operands.size() == 3 && variable != 1)) {
      return Optional.empty();
    }
    for (int i = 0; i < operands.size(); i++) {
      if (i != variable
          && !(Forms.isScalar(operands.get(i)) && Forms.isConstant(operands.get(i)))) {
        return Optional.empty();
      }
    }
    boolean below = variable > 0;
    boolean above = variable < operands.size() - 1;
    Node low = below ? operands.get(variable - 1) : Node.negative(Forms.INFINITY);
    Node high = above ? operands.get(variable + 1) : Forms.INFINITY;
    char open = below && signs.get(variable - 1).equals("≤") ? '[' : '(';
    char close = above && signs.get(variable).equals("≤") ? ']' : ')';
    return Optional.of(new Node.Bracketed(open, List.of(low, high), close));
  }

  /** Returns whether {@code node} says how one variable lies to constants: 1 < x, not 1 = x. */
  static boolean isInequality(Node node) {
    return node instanceof Node.Relation relation && ORDER.containsAll(relation.signs());
  }

  /** Returns whether {@code items} are inequalities and values that are left out: x > 1, x ≠ 2. */
  static boolean isPunctured(List<Node> items) {
    return items.stream().anyMatch(Inequalities::isInequality)
        && items.stream().anyMatch(Inequalities::isExclusion)
        && items.stream().allMatch(item -> isInequality(item) || isExclusion(item));
  }

  private static boolean isExclusion(Node node) {
    return node instanceof Node.Relation relation && relation.signs().equals(List.of("≠"));
  }

  /** The only variable among the sides of {@code node}, if it is a relation that has one. */
  private static Optional<Node> variable(Node node) {
    return node instanceof Node.Relation relation
            && relation.operands().stream().filter(Forms::isVariable).count() == 1
        ? relation.operands().stream().filter(Forms::isVariable).findFirst()
        : Optional.empty();
  }
}
