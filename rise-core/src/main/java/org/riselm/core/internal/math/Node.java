package org.riselm.core.internal.math;

import java.util.List;

/** What an answer says, as it is written. Nesting is bounded by the parser. */
public sealed interface Node {
  /** A number; {@code places} is how many digits stand behind its point, -1 without a point. */
  record Num(Rational value, int places) implements Node {}

  /** A variable or a constant: x, x_1, π, e, i, ∞. */
  record Sym(String name) implements Node {}

  /** Words, or a whole answer that is no mathematics. */
  record Words(String text) implements Node {}

  record Sum(List<Node> terms) implements Node {}

  record Product(List<Node> factors) implements Node {}

  record Power(Node base, Node exponent) implements Node {}

  /** ±; {@code opposite} is ∓. */
  record PlusMinus(Node value, boolean opposite) implements Node {}

  /** A named function: sin, log (base, argument), abs, floor, factorial, binomial, root. */
  record Call(String function, List<Node> arguments) implements Node {}

  record Percent(Node value) implements Node {}

  record Degrees(Node value) implements Node {}

  /** A value and its unit, which is canonical if it is known to {@link Units}. */
  record Measured(Node value, String unit) implements Node {}

  /** Digits in a base other than ten. */
  record Based(String digits, String base) implements Node {}

  /** Items between commas or "and", without brackets: solutions in any order. */
  record Items(List<Node> items) implements Node {}

  /** A tuple or an interval, by its brackets. */
  record Bracketed(char open, List<Node> items, char close) implements Node {}

  record Braces(List<Node> items) implements Node {}

  record Ratio(List<Node> items) implements Node {}

  /** Sets joined by ∪, ∩ or ∖. */
  record Joined(char operator, List<Node> parts) implements Node {}

  record Matrix(List<List<Node>> rows) implements Node {}

  /** Operands with a relation sign between each two: {@code 1 < x < 2}. */
  record Relation(List<Node> operands, List<String> signs) implements Node {}

  Node MINUS_ONE = new Num(Rational.MINUS_ONE, -1);

  static Node integer(long value) {
    return new Num(Rational.of(value), -1);
  }

  static Node negative(Node value) {
    return value instanceof Num number
        ? new Num(number.value().negated(), number.places())
        : new Product(List.of(MINUS_ONE, value));
  }

  static Node inverse(Node value) {
    return new Power(value, MINUS_ONE);
  }
}
