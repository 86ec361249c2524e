package org.riselm.core.internal.math;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** Writes a scalar or a tuple with ± as the list of its values. */
final class Signs {
  private static final int MAX_SIGNS = 3;

  private Signs() {}

  /** How many signs there are in {@code scalar}, or in a tuple of such. */
  static int count(Node scalar) {
    int own = scalar instanceof Node.PlusMinus ? 1 : 0;
    return own + parts(scalar).stream().mapToInt(Signs::count).sum();
  }

  private static boolean hasOpposite(Node scalar) {
    return (scalar instanceof Node.PlusMinus signed && signed.opposite())
        || parts(scalar).stream().anyMatch(Signs::hasOpposite);
  }

  private static List<Node> parts(Node node) {
    return node instanceof Node.Bracketed tuple ? tuple.items() : Forms.children(node);
  }

  /** Every choice of signs; where ∓ occurs, all signs go together. */
  static Node expand(Node scalar) {
    int count = count(scalar);
    if (count > MAX_SIGNS) {
      throw new BeyondGraderException("too many ± signs");
    }
    boolean together = hasOpposite(scalar);
    List<Node> values = new ArrayList<>();
    for (int choice = 0; choice < (together ? 2 : 1 << count); choice++) {
      values.add(choose(scalar, together ? (choice == 0 ? 0 : -1) : choice, new int[1]));
    }
    return new Node.Items(List.copyOf(values));
  }

  private static Node choose(Node node, int choice, int[] next) {
    if (node instanceof Node.PlusMinus signed) {
      boolean negative = (choice >> next[0]++ & 1) == 1;
      Node value = choose(signed.value(), choice, next);
      return negative ^ signed.opposite() ? Node.negative(value) : value;
    }
    UnaryOperator<Node> inner = child -> choose(child, choice, next);
    if (node instanceof Node.Sum sum) {
      return new Node.Sum(sum.terms().stream().map(inner).toList());
    }
    if (node instanceof Node.Product product) {
      return new Node.Product(product.factors().stream().map(inner).toList());
    }
    if (node instanceof Node.Power power) {
      return new Node.Power(inner.apply(power.base()), inner.apply(power.exponent()));
    }
    if (node instanceof Node.Call call) {
      return new Node.Call(call.function(), call.arguments().stream().map(inner).toList());
    }
    if (node instanceof Node.Bracketed tuple) {
      return new Node.Bracketed(
          tuple.open(), tuple.items().stream().map(inner).toList(), tuple.close());
    }
    if (node instanceof Node.Degrees degrees) {
      return new Node.Degrees(inner.apply(degrees.value()));
    }
    return node instanceof Node.Percent percent
        ? new Node.Percent(inner.apply(percent.value()))
        : node;
  }
}
