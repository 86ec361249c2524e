package org.riselm.core.internal.math;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What stands before an equals sign and only names the value behind it. */
public final class Names {
  /** Variables of equations that are answers themselves: x + y = 5 is a line. */
  private static final Set<String> UNKNOWNS = Set.of("x", "y", "z", "t");

  private static final Set<String> LENGTHS = Set.of("abs", "norm");

  private Names() {}

  /**
   * Returns whether {@code node} only names what stands on the other side: x, f(x), |AB|, (x, y),
   * AB/CD, AB:CD, sin θ.
   */
  static boolean isName(Node node) {
    if (node instanceof Node.Words || Forms.isVariable(node)) {
      return true;
    }
    if (node instanceof Node.Measured measured) {
      return isName(measured.value());
    }
    if (node instanceof Node.Bracketed tuple) {
      return tuple.items().stream().allMatch(Forms::isVariable);
    }
    if (node instanceof Node.Ratio ratio) {
      return ratio.items().stream().allMatch(Names::isLetters);
    }
    if (node instanceof Node.Call call) {
      Node argument = call.arguments().get(0);
      return Forms.isVariable(argument)
          && (LENGTHS.contains(call.function())
              || (Exact.ANGLES.contains(call.function()) && !isUnknown(argument)));
    }
    return node instanceof Node.Product product && (isRatio(product) || isAngle(product));
  }

  private static boolean isUnknown(Node node) {
    return node instanceof Node.Sym symbol && UNKNOWNS.contains(symbol.name());
  }

  /** AB/CD, x/y, dy/dx. */
  private static boolean isRatio(Node.Product product) {
    return product.factors().size() == 2
        && isLetters(product.factors().get(0))
        && product.factors().get(1) instanceof Node.Power below
        && below.exponent().equals(Node.MINUS_ONE)
        && isLetters(below.base());
  }

  private static boolean isLetters(Node node) {
    return Forms.isVariable(node)
        || (node instanceof Node.Product product
            && product.factors().stream().allMatch(Forms::isVariable));
  }

  /** m∠ABC. */
  private static boolean isAngle(Node.Product product) {
    return product.factors().stream()
        .allMatch(
            f -> f instanceof Node.Sym s && (s.name().equals("m") || s.name().charAt(0) == '∠'));
  }

  /** Returns whether {@code node} is a sum that a problem asks for: m + n, but not x + y. */
  static boolean isSumOfVariables(Node node) {
    return node instanceof Node.Sum sum
        && sum.terms().stream().allMatch(term -> Forms.isVariable(term) || isValue(term))
        && !sum.terms().stream().allMatch(Names::isUnknown);
  }

  /**
   * Returns whether two equations name their values, and not by two different variables, ratios or
   * values of functions: y = 2x and f(x) = 2x, but no f(1) = 2 and f(2) = 2.
   */
  static boolean sameName(Node.Relation a, Node.Relation b) {
    Node x = a.operands().get(0);
    Node y = b.operands().get(0);
    return isName(x) && isName(y) && (x.equals(y) || isLoose(x) || isLoose(y));
  }

  /** Words, a tuple of names, or a function of variables: another name for the same may be used. */
  private static boolean isLoose(Node name) {
    return name instanceof Node.Words
        || name instanceof Node.Bracketed
        || name instanceof Node.Measured
        || name instanceof Node.Call
        || (name instanceof Node.Sym symbol && symbol.name().matches(".*\\([a-zA-Z]\\)"));
  }

  /** f(2). */
  private static boolean isValue(Node node) {
    return node instanceof Node.Call call && call.function().equals("value");
  }

  /** The value in {@code x = value}. */
  public static Optional<Node> namedValue(Node.Relation relation) {
    return relation.signs().equals(List.of("=")) && isName(relation.operands().get(0))
        ? Optional.of(relation.operands().get(1))
        : Optional.empty();
  }
}
