package org.riselm.core.internal.math;

import com.google.common.collect.ImmutableSortedMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Turns what is written in several ways into one of them. */
public final class Forms {
  private static final Set<String> CONSTANTS = Set.of("π", "e", "i", "∞");
  static final Node INFINITY = new Node.Sym("∞");
  private static final Node REALS =
      new Node.Bracketed('(', List.of(Node.negative(INFINITY), INFINITY), ')');
  private static final Pattern ALL_REALS =
      Pattern.compile("(?i)all\\s+real(?:s|\\s+numbers?)(?:\\s+[a-z])?");

  private Forms() {}

  /** {@code node} with its outermost layer in the usual form; what is inside is left as it is. */
  public static Node simplify(Node node) {
    if ((node instanceof Node.Sym symbol && symbol.name().equals("mathbbR"))
        || (node instanceof Node.Words words && ALL_REALS.matcher(words.text()).matches())) {
      return REALS;
    }
    if (node instanceof Node.Relation relation) {
      return relation(relation);
    }
    if (node instanceof Node.Items items) {
      return items(items);
    }
    if (node instanceof Node.Braces set) {
      return new Node.Braces(flat(set.items()));
    }
    if (node instanceof Node.Product product
        && product.factors().size() == 2
        && isVariable(product.factors().get(0))
        && product.factors().get(1) instanceof Node.Bracketed point) {
      return point; // A(1, 2)
    }
    if ((isScalar(node) || node instanceof Node.Bracketed) && Signs.count(node) > 0) {
      return Signs.expand(node);
    }
    return node;
  }

  private static Node relation(Node.Relation relation) {
    List<Node> operands = relation.operands();
    if (relation.signs().equals(List.of("∈"))) {
      return simplify(operands.get(1));
    }
    if (relation.signs().equals(List.of("≠")) && isVariable(operands.get(0))) {
      Node points = new Node.Braces(List.of(operands.get(1)));
      return isScalar(operands.get(1)) && isConstant(operands.get(1))
          ? new Node.Joined('∖', List.of(REALS, points))
          : relation;
    }
    if (relation.signs().stream().allMatch(sign -> sign.equals("=") || sign.equals("≡"))) {
      Node first = operands.get(0);
      Node last = operands.get(operands.size() - 1);
      if (!isVariable(first) && isVariable(last)) {
        return new Node.Relation(List.of(last, first), List.of("="));
      }
      if (Names.isName(first) || (operands.size() > 2 && Names.isSumOfVariables(first))) {
        return new Node.Relation(List.of(first, last), List.of("="));
      }
      return isScalar(first) && isConstant(first) ? simplify(last) : relation;
    }
    return Inequalities.usual(relation);
  }

  /** Whether {@code node} gives a value and what it is about: 2/3 ≈ 0.67. */
  static boolean isAbout(Node node) {
    return node instanceof Node.Relation relation
        && relation.signs().get(relation.signs().size() - 1).equals("≈");
  }

  /** The value before a last ≈, if it is one, and the value behind it; {@code node} without ≈. */
  public static List<Node> values(Node node) {
    if (!(node instanceof Node.Relation relation) || !isAbout(node)) {
      return List.of(node);
    }
    int last = relation.signs().size() - 1;
    Node exact =
        last == 0
            ? relation.operands().get(0)
            : new Node.Relation(
                relation.operands().subList(0, last + 1), relation.signs().subList(0, last));
    Node about = relation.operands().get(last + 1);
    return Names.isName(exact) ? List.of(about) : List.of(exact, about);
  }

  private static Node items(Node.Items items) {
    List<Node> flat = flat(items.items());
    boolean allIntervals =
        flat.size() == items.items().size()
            && items.items().stream().allMatch(Node.Relation.class::isInstance)
            && flat.stream().allMatch(Node.Bracketed.class::isInstance);
    return allIntervals ? new Node.Joined('∪', flat) : new Node.Items(flat);
  }

  /** {@code items} in their usual form, with each value of one that has several. */
  private static List<Node> flat(List<Node> items) {
    List<Node> flat = new ArrayList<>();
    for (Node item : items) {
      Node simple = simplify(item);
      if (simple instanceof Node.Relation relation && Names.isName(relation.operands().get(0))) {
        Node value = simplify(relation.operands().get(1));
        simple = value instanceof Node.Items ? value : simple;
      }
      if (simple instanceof Node.Items inner) {
        flat.addAll(inner.items());
      } else {
        flat.add(simple);
      }
    }
    return List.copyOf(flat);
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
  public static boolean isConstant(Node scalar) {
    if (scalar instanceof Node.Sym symbol) {
      return CONSTANTS.contains(symbol.name());
    }
    return isScalar(scalar) && children(scalar).stream().allMatch(Forms::isConstant);
  }

  static boolean isVariable(Node node) {
    return node instanceof Node.Sym && !isConstant(node);
  }

  /** What {@code scalar} is made of. */
  static List<Node> children(Node scalar) {
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

  static boolean isInfinity(Node node) {
    return node.equals(INFINITY);
  }

  static boolean isMinusInfinity(Node node) {
    return node.equals(Node.negative(INFINITY));
  }

  public static boolean isPercent(Node node) {
    return node instanceof Node.Percent
        || (node instanceof Node.Product product
            && product.factors().get(product.factors().size() - 1) instanceof Node.Percent);
  }

  /** A percentage without its sign. */
  public static Node withoutPercent(Node node) {
    if (node instanceof Node.Percent percent) {
      return percent.value();
    }
    List<Node> factors = new ArrayList<>(((Node.Product) node).factors());
    int last = factors.size() - 1;
    factors.set(last, ((Node.Percent) factors.get(last)).value());
    return new Node.Product(List.copyOf(factors));
  }

  /** Whether {@code ratio} may be a time of day, as 4:30 is: then it is no quotient. */
  static boolean isTime(Node.Ratio ratio) {
    List<Node> items = ratio.items();
    return items.size() == 2
        && items.get(0) instanceof Node.Num hours
        && items.get(1) instanceof Node.Num minutes
        && hours.value().isInteger()
        && minutes.value().isInteger()
        && hours.value().compareTo(Rational.of(24)) <= 0
        && (minutes.value().signum() == 0 || minutes.value().compareTo(Rational.of(9)) > 0)
        && minutes.value().compareTo(Rational.of(60)) < 0;
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
}
