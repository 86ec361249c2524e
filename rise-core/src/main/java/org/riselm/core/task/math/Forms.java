package org.riselm.core.task.math;

import com.google.common.collect.ImmutableSortedMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/** Turns what is written in several ways into one of them. */
final class Forms {
  private static final Set<String> FUNCTION_NAMES =
      Set.of("f", "g", "h", "p", "q", "F", "G", "H", "P", "Q", "A", "T", "S", "V");
  private static final Set<String> CONSTANTS = Set.of("π", "e", "i", "∞");
  private static final Node INFINITY = new Node.Sym("∞");
  private static final int MAX_SIGNS = 3;

  private Forms() {}

  /** {@code node} with its outermost layer in the usual form; what is inside is left as it is. */
  static Node simplify(Node node) {
    if (node instanceof Node.Sym symbol && symbol.name().equals("mathbbR")) {
      return new Node.Bracketed('(', List.of(Node.negative(INFINITY), INFINITY), ')');
    }
    if (node instanceof Node.Relation relation) {
      return relation(relation);
    }
    if (node instanceof Node.Items items) {
      return items(items);
    }
    if (isScalar(node) && countSigns(node) > 0) {
      return signs(node);
    }
    return node;
  }

  private static Node relation(Node.Relation relation) {
    List<Node> operands = relation.operands();
    int about = relation.signs().indexOf("≈");
    if (about >= 0) {
      // "1/3 ≈ 0.333" says 1/3; "x ≈ 0.333" says 0.333.
      return about == 0 && isName(operands.get(0))
          ? simplify(operands.get(1))
          : simplify(upTo(relation, about));
    }
    if (relation.signs().equals(List.of("∈"))) {
      return simplify(operands.get(1));
    }
    if (relation.signs().stream().allMatch("="::equals)) {
      Node first = operands.get(0);
      Node last = operands.get(operands.size() - 1);
      if (!isVariable(first) && isVariable(last)) {
        return new Node.Relation(List.of(last, first), List.of("="));
      }
      if (isName(first)) {
        return new Node.Relation(List.of(first, last), List.of("="));
      }
      return isScalar(first) && isConstant(first) ? simplify(last) : relation;
    }
    return interval(ascending(relation)).map(Node.class::cast).orElse(ascending(relation));
  }

  private static Node upTo(Node.Relation relation, int sign) {
    return sign == 0
        ? relation.operands().get(0)
        : new Node.Relation(
            relation.operands().subList(0, sign + 1), relation.signs().subList(0, sign));
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
    while (variable < operands.size() && !isVariable(operands.get(variable))) {
      variable++;
    }
    if (variable == operands.size() || (operands.size() == 3 && variable != 1)) {
      return Optional.empty();
    }
    for (int i = 0; i < operands.size(); i++) {
      if (i != variable && !(isScalar(operands.get(i)) && isConstant(operands.get(i)))) {
        return Optional.empty();
      }
    }
    boolean below = variable > 0;
    boolean above = variable < operands.size() - 1;
    Node low = below ? operands.get(variable - 1) : Node.negative(INFINITY);
    Node high = above ? operands.get(variable + 1) : INFINITY;
    char open = below && signs.get(variable - 1).equals("≤") ? '[' : '(';
    char close = above && signs.get(variable).equals("≤") ? ']' : ')';
    return Optional.of(new Node.Bracketed(open, List.of(low, high), close));
  }

  private static Node items(Node.Items items) {
    List<Node> flat = new ArrayList<>();
    boolean allIntervals = true;
    for (Node item : items.items()) {
      Node simple = simplify(item);
      allIntervals &= item instanceof Node.Relation && simple instanceof Node.Bracketed;
      if (simple instanceof Node.Relation relation && isName(relation.operands().get(0))) {
        Node value = simplify(relation.operands().get(1));
        simple = value instanceof Node.Items ? value : simple;
      }
      if (simple instanceof Node.Items inner) {
        flat.addAll(inner.items());
      } else {
        flat.add(simple);
      }
    }
    return allIntervals
        ? new Node.Joined('∪', List.copyOf(flat))
        : new Node.Items(List.copyOf(flat));
  }

  /** Whether the exact and the numeric evaluator may try. */
  static boolean isScalar(Node node) {
    return node instanceof Node.Num
        || node instanceof Node.Sym
        || node instanceof Node.Sum
        || node instanceof Node.Product
        || node instanceof Node.Power
        || node instanceof Node.Call
        || node instanceof Node.Degrees
        || node instanceof Node.Percent
        || node instanceof Node.PlusMinus;
  }

  /** Whether {@code scalar} has no variable in it. */
  static boolean isConstant(Node scalar) {
    if (scalar instanceof Node.Sym symbol) {
      return CONSTANTS.contains(symbol.name());
    }
    return isScalar(scalar) && children(scalar).stream().allMatch(Forms::isConstant);
  }

  private static boolean isVariable(Node node) {
    return node instanceof Node.Sym && !isConstant(node);
  }

  private static List<Node> children(Node scalar) {
    if (scalar instanceof Node.Sum sum) {
      return sum.terms();
    }
    if (scalar instanceof Node.Product product) {
      return product.factors();
    }
    if (scalar instanceof Node.Power power) {
      return List.of(power.base(), power.exponent());
    }
    if (scalar instanceof Node.Call call) {
      return call.arguments();
    }
    if (scalar instanceof Node.Degrees degrees) {
      return List.of(degrees.value());
    }
    if (scalar instanceof Node.Percent percent) {
      return List.of(percent.value());
    }
    return scalar instanceof Node.PlusMinus signed ? List.of(signed.value()) : List.of();
  }

  /** Whether {@code node} only names what stands on the other side: x, f(x), |AB|, (x, y). */
  static boolean isName(Node node) {
    if (node instanceof Node.Words || isVariable(node)) {
      return true;
    }
    if (node instanceof Node.Bracketed tuple) {
      return tuple.items().stream().allMatch(Forms::isVariable);
    }
    if (node instanceof Node.Call call) {
      return call.function().equals("abs") && isVariable(call.arguments().get(0));
    }
    if (!(node instanceof Node.Product product)) {
      return false;
    }
    Node first = product.factors().get(0);
    Node head = first instanceof Node.Power power ? power.base() : first;
    return (head instanceof Node.Sym symbol
            && FUNCTION_NAMES.contains(symbol.name())
            && product.factors().size() == 2)
        || product.factors().stream()
            .allMatch(
                f ->
                    f instanceof Node.Sym s && (s.name().equals("m") || s.name().charAt(0) == '∠'));
  }

  /** Whether two equations name their values, and not by two different variables. */
  static boolean sameName(Node.Relation a, Node.Relation b) {
    Node x = a.operands().get(0);
    Node y = b.operands().get(0);
    return isName(x) && isName(y) && (x.equals(y) || !isVariable(x) || !isVariable(y));
  }

  /** The value in {@code x = value}. */
  static Optional<Node> namedValue(Node.Relation relation) {
    return relation.signs().equals(List.of("=")) && isName(relation.operands().get(0))
        ? Optional.of(relation.operands().get(1))
        : Optional.empty();
  }

  static boolean isPercent(Node node) {
    return node instanceof Node.Percent
        || (node instanceof Node.Product product
            && product.factors().get(product.factors().size() - 1) instanceof Node.Percent);
  }

  /** A percentage without its sign. */
  static Node withoutPercent(Node node) {
    if (node instanceof Node.Percent percent) {
      return percent.value();
    }
    List<Node> factors = new ArrayList<>(((Node.Product) node).factors());
    int last = factors.size() - 1;
    factors.set(last, ((Node.Percent) factors.get(last)).value());
    return new Node.Product(List.copyOf(factors));
  }

  /** Whether {@code ratio} is of two whole numbers without a common divisor: 3:4 is 3/4. */
  static boolean inLowestTerms(Node.Ratio ratio) {
    return ratio.items().size() == 2
        && ratio.items().get(0) instanceof Node.Num a
        && ratio.items().get(1) instanceof Node.Num b
        && a.value().isInteger()
        && b.value().isInteger()
        && a.value().numerator().gcd(b.value().numerator()).bitLength() == 1;
  }

  /** The matrix that {@code node} is, or is after multiplying a scalar into it. */
  static Optional<Node.Matrix> matrix(Node node) {
    if (node instanceof Node.Matrix matrix) {
      return Optional.of(matrix);
    }
    if (!(node instanceof Node.Product product)) {
      return Optional.empty();
    }
    Node.Matrix matrix = null;
    List<Node> scalars = new ArrayList<>();
    for (Node factor : product.factors()) {
      if (factor instanceof Node.Matrix m && matrix == null) {
        matrix = m;
      } else if (isScalar(factor)) {
        scalars.add(factor);
      } else {
        return Optional.empty();
      }
    }
    if (matrix == null) {
      return Optional.empty();
    }
    List<List<Node>> rows = new ArrayList<>();
    for (List<Node> row : matrix.rows()) {
      List<Node> scaled = new ArrayList<>();
      for (Node entry : row) {
        List<Node> factors = new ArrayList<>(scalars);
        factors.add(entry);
        scaled.add(new Node.Product(List.copyOf(factors)));
      }
      rows.add(List.copyOf(scaled));
    }
    return Optional.of(new Node.Matrix(List.copyOf(rows)));
  }

  /** The rational c with {@code a = c·b}, if there is one. Neither is zero. */
  static Optional<Rational> constantFactor(Quotient a, Quotient b, Budget budget) {
    Polynomial x = a.numerator().times(b.denominator(), budget);
    Polynomial y = b.numerator().times(a.denominator(), budget);
    Map.Entry<ImmutableSortedMap<String, Rational>, Rational> term =
        x.terms().entrySet().iterator().next();
    Rational other = y.terms().get(term.getKey());
    if (other == null) {
      return Optional.empty();
    }
    Rational factor = term.getValue().times(other.inverse());
    return x.minus(y.times(Polynomial.of(factor), budget), budget).isZero()
        ? Optional.of(factor)
        : Optional.empty();
  }

  private static int countSigns(Node scalar) {
    int own = scalar instanceof Node.PlusMinus ? 1 : 0;
    return own + children(scalar).stream().mapToInt(Forms::countSigns).sum();
  }

  private static boolean hasOpposite(Node scalar) {
    return (scalar instanceof Node.PlusMinus signed && signed.opposite())
        || children(scalar).stream().anyMatch(Forms::hasOpposite);
  }

  /** Every choice of signs; where ∓ occurs, all signs go together. */
  private static Node signs(Node scalar) {
    int count = countSigns(scalar);
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
    if (node instanceof Node.Degrees degrees) {
      return new Node.Degrees(inner.apply(degrees.value()));
    }
    return node instanceof Node.Percent percent
        ? new Node.Percent(inner.apply(percent.value()))
        : node;
  }
}
