package org.riselm.core.task.math;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.riselm.core.task.math.AnswerEquivalence.Verdict;

/** Compares two answers as they were read: by kind, then item by item. */
final class Comparison {
  private final Budget budget;
  private final Scalars scalars;
  private final Inequalities inequalities;

  Comparison(Budget budget) {
    this.budget = budget;
    this.scalars = new Scalars(budget);
    this.inequalities = new Inequalities(budget);
  }

  /** Whether {@code a} and {@code b} mean the same. Symmetric. */
  Verdict compare(Node first, Node second) {
    budget.spend(4);
    if (Forms.isAbout(first) || Forms.isAbout(second)) {
      return about(first, second);
    }
    Node a = inequalities.solved(first);
    Node b = inequalities.solved(second);
    if (Forms.variable(a).isPresent()
        && Forms.variable(b).isPresent()
        && !Forms.variable(a).equals(Forms.variable(b))
        && Forms.isInequality(a)
        && Forms.isInequality(b)) {
      return Verdict.DIFFERENT; // x > 5 is no y > 5
    }
    Node left = Forms.simplify(a);
    Node right = Forms.simplify(b);
    if (left instanceof Node.Measured || right instanceof Node.Measured) {
      return measured(left, right);
    }
    if (left instanceof Node.Words || right instanceof Node.Words) {
      return words(left, right);
    }
    if (left instanceof Node.Relation || right instanceof Node.Relation) {
      return relations(left, right);
    }
    if (Forms.isPercent(left) || Forms.isPercent(right)) {
      return percents(left, right);
    }
    if (left instanceof Node.Items || right instanceof Node.Items) {
      return lists(left, right);
    }
    if (left instanceof Node.Joined || right instanceof Node.Joined) {
      return joined(left, right);
    }
    if (left instanceof Node.Braces || right instanceof Node.Braces) {
      return sets(left, right);
    }
    if (left instanceof Node.Bracketed x && right instanceof Node.Bracketed y) {
      return x.open() == y.open() && x.close() == y.close()
          ? inOrder(x.items(), y.items())
          : Verdict.DIFFERENT;
    }
    if (left instanceof Node.Ratio || right instanceof Node.Ratio) {
      return ratios(left, right);
    }
    if (left instanceof Node.Based || right instanceof Node.Based) {
      return left.equals(right) ? Verdict.EQUAL : Verdict.DIFFERENT;
    }
    Optional<Node.Matrix> m = Forms.matrix(left);
    Optional<Node.Matrix> n = Forms.matrix(right);
    if (m.isPresent() && n.isPresent()) {
      return matrices(m.get(), n.get());
    }
    if ((m.isPresent() && right instanceof Node.Bracketed)
        || (n.isPresent() && left instanceof Node.Bracketed)) {
      return m.isPresent()
          ? rows(m.get(), (Node.Bracketed) right)
          : rows(n.get(), (Node.Bracketed) left);
    }
    if (m.isPresent() || n.isPresent() || !Forms.isScalar(left) || !Forms.isScalar(right)) {
      return Verdict.DIFFERENT;
    }
    return scalars.compare(left, right);
  }

  /** Either value may be the one that was asked for. */
  private Verdict about(Node a, Node b) {
    Verdict best = Verdict.DIFFERENT;
    for (Node x : Forms.values(a)) {
      for (Node y : Forms.values(b)) {
        best = better(best, compare(x, y));
      }
    }
    return best;
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
          x.operator() == '∖' ? inOrder(x.parts(), y.parts()) : anyOrder(x.parts(), y.parts());
      return parts == Verdict.EQUAL ? parts : Verdict.NOT_COMPARABLE;
    }
  }

  private Verdict measured(Node a, Node b) {
    Node x = a instanceof Node.Measured m ? m.value() : a;
    Node y = b instanceof Node.Measured m ? m.value() : b;
    Optional<Units.Unit> u = a instanceof Node.Measured m ? Units.find(m.unit()) : Optional.empty();
    Optional<Units.Unit> v = b instanceof Node.Measured m ? Units.find(m.unit()) : Optional.empty();
    boolean oneBare = !(a instanceof Node.Measured) || !(b instanceof Node.Measured);
    if (oneBare && isOtherSign(u.isPresent() ? u : v, a instanceof Node.Measured ? y : x)) {
      return Verdict.DIFFERENT;
    }
    if (u.isEmpty() || v.isEmpty() || (u.equals(v) && !isHalfDay(u.get()))) {
      return compare(x, y);
    }
    if (!u.get().kind().equals(v.get().kind())) {
      return Verdict.DIFFERENT;
    }
    return isHalfDay(u.get())
        ? compare(hours(x), hours(y))
        : compare(scaled(x, u.get().size()), scaled(y, v.get().size()));
  }

  /** A percent sign beside a unit, or a degree sign beside one that is none of temperature. */
  private static boolean isOtherSign(Optional<Units.Unit> unit, Node bare) {
    return unit.isPresent()
        && (Forms.isPercent(bare)
            || (bare instanceof Node.Degrees && !Units.isTemperature(unit.get())));
  }

  private static boolean isHalfDay(Units.Unit unit) {
    return unit.kind().endsWith(" noon");
  }

  /** 10:30 as ten hours and a half. */
  private static Node hours(Node time) {
    return time instanceof Node.Ratio clock && clock.items().size() == 2
        ? new Node.Sum(
            List.of(
                clock.items().get(0),
                new Node.Product(
                    List.of(clock.items().get(1), new Node.Num(Rational.of(1, 60), -1)))))
        : time;
  }

  private static Node scaled(Node value, Rational size) {
    return new Node.Product(List.of(new Node.Num(size, -1), value));
  }

  private static Verdict words(Node a, Node b) {
    if (a instanceof Node.Words x && b instanceof Node.Words y) {
      String p = plain(x.text());
      String q = plain(y.text());
      return p.equals(q) || p.equals(plain(predicate(y))) || q.equals(plain(predicate(x)))
          ? Verdict.EQUAL
          : Verdict.DIFFERENT;
    }
    Node words = a instanceof Node.Words ? a : b;
    return (a instanceof Node.Words ? b : a) instanceof Node.Sym symbol
            && plain(((Node.Words) words).text()).equals(plain(symbol.name()))
        ? Verdict.EQUAL
        : Verdict.NOT_COMPARABLE;
  }

  /** What is said of something: "no solution" in "There is no solution". */
  private static String predicate(Node.Words sentence) {
    return sentence.text().replaceFirst("^.*\\b(?:is|are) (?:an? |the )?", "");
  }

  /** Letters and digits, without case and plurals: "no solutions" is "no solution". */
  private static String plain(String words) {
    return words
        .toLowerCase(Locale.ROOT)
        .replaceAll("(?<=[a-z]{3})s\\b", "")
        .replaceAll("[^a-z0-9]", "");
  }

  private Verdict percents(Node a, Node b) {
    if (Forms.isPercent(a) && Forms.isPercent(b)) {
      return scalarsOnly(a, b);
    }
    // A percent sign may be left out, or be read as a hundredth.
    Node percent = Forms.isPercent(a) ? a : b;
    Node other = Forms.isPercent(a) ? b : a;
    Verdict number = scalarsOnly(Forms.withoutPercent(percent), other);
    return number == Verdict.EQUAL ? number : scalarsOnly(percent, other);
  }

  private Verdict scalarsOnly(Node a, Node b) {
    return Forms.isScalar(a) && Forms.isScalar(b) ? scalars.compare(a, b) : Verdict.DIFFERENT;
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
      Verdict operands = inOrder(x.operands(), y.operands());
      return operands == Verdict.EQUAL || x.signs().size() > 1
          ? operands
          : proportional(x, y, !x.signs().get(0).equals("≠"));
    }
    if (Forms.sameName(x, y)) {
      return compare(x.operands().get(1), y.operands().get(1));
    }
    return proportional(x, y, false);
  }

  /** {@code x = value} against a bare value. */
  private Verdict named(Node.Relation relation, Node other) {
    if (relation.signs().equals(List.of("="))
        && Forms.isSumOfVariables(relation.operands().get(0))
        && Forms.isConstant(other)) {
      return compare(relation.operands().get(1), other); // m + n = 12
    }
    Node first = relation.operands().get(0);
    Node last = relation.operands().get(relation.operands().size() - 1);
    if (relation.signs().stream().allMatch(sign -> sign.equals("="))
        && scalarsOnly(first, last) == Verdict.EQUAL) {
      return compare(last, other); // x^2 - 1 = (x - 1)(x + 1)
    }
    return Forms.namedValue(relation).map(v -> compare(v, other)).orElse(Verdict.DIFFERENT);
  }

  /** Whether left minus right of one is a (positive) multiple of that of the other. */
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

  private Verdict lists(Node a, Node b) {
    if (a instanceof Node.Items x && b instanceof Node.Items y) {
      return anyOrder(x.items(), y.items());
    }
    List<Node> items = a instanceof Node.Items x ? x.items() : ((Node.Items) b).items();
    Node other = a instanceof Node.Items ? b : a;
    if (other instanceof Node.Braces set) {
      return anyOrder(items, set.items());
    }
    if (other instanceof Node.Bracketed tuple && tuple.open() == '(' && tuple.close() == ')') {
      return inOrder(byName(items), tuple.items());
    }
    return Verdict.DIFFERENT;
  }

  /** "y = 2, x = 1" names the places of a tuple. */
  private static List<Node> byName(List<Node> items) {
    List<Node.Relation> named = new ArrayList<>();
    for (Node item : items) {
      if (item instanceof Node.Relation r && r.operands().get(0) instanceof Node.Sym) {
        named.add(r);
      }
    }
    if (named.size() < items.size()) {
      return items;
    }
    named.sort(Comparator.comparing(r -> ((Node.Sym) r.operands().get(0)).name()));
    return List.copyOf(named);
  }

  private Verdict sets(Node a, Node b) {
    if (a instanceof Node.Braces x && b instanceof Node.Braces y) {
      return sameMembers(x.items(), y.items());
    }
    List<Node> items = a instanceof Node.Braces x ? x.items() : ((Node.Braces) b).items();
    Node other = a instanceof Node.Braces ? b : a;
    return items.size() == 1 && (Forms.isScalar(other) || other instanceof Node.Bracketed)
        ? compare(items.get(0), other)
        : Verdict.DIFFERENT;
  }

  private Verdict ratios(Node a, Node b) {
    if (a instanceof Node.Ratio x && b instanceof Node.Ratio y) {
      return Forms.isTime(x) || Forms.isTime(y) || x.items().size() != y.items().size()
          ? inOrder(x.items(), y.items())
          : inProportion(x.items(), y.items());
    }
    Node.Ratio ratio = (Node.Ratio) (a instanceof Node.Ratio ? a : b);
    Node other = a instanceof Node.Ratio ? b : a;
    return Forms.inLowestTerms(ratio) && Forms.isScalar(other)
        ? scalars.compare(
            new Node.Product(List.of(ratio.items().get(0), Node.inverse(ratio.items().get(1)))),
            other)
        : Verdict.DIFFERENT;
  }

  /** 3:4 and 6:8: the cross products with the first items are the same. */
  private Verdict inProportion(List<Node> a, List<Node> b) {
    Verdict all = inOrder(a, b);
    if (all == Verdict.EQUAL
        || !a.stream().allMatch(Forms::isScalar)
        || !b.stream().allMatch(Forms::isScalar)) {
      return all;
    }
    all = Verdict.EQUAL;
    for (int i = 1; i < a.size(); i++) {
      Node left = new Node.Product(List.of(a.get(i), b.get(0)));
      Node right = new Node.Product(List.of(b.get(i), a.get(0)));
      all = worse(all, scalars.compare(left, right));
    }
    return all;
  }

  private Verdict matrices(Node.Matrix a, Node.Matrix b) {
    if (a.rows().size() != b.rows().size()) {
      return Verdict.DIFFERENT;
    }
    Verdict all = Verdict.EQUAL;
    for (int i = 0; i < a.rows().size(); i++) {
      all = worse(all, inOrder(a.rows().get(i), b.rows().get(i)));
    }
    return all;
  }

  /** A column or a row as (1, 2), a matrix as [[1, 2], [3, 4]]. */
  private Verdict rows(Node.Matrix matrix, Node.Bracketed tuple) {
    if (matrix.rows().size() == 1) {
      return inOrder(matrix.rows().get(0), tuple.items());
    }
    List<Node> rows = new ArrayList<>();
    for (List<Node> row : matrix.rows()) {
      rows.add(row.size() == 1 ? row.get(0) : new Node.Bracketed('[', row, ']'));
    }
    return inOrder(rows, tuple.items());
  }

  private Verdict inOrder(List<Node> a, List<Node> b) {
    if (a.size() != b.size()) {
      return Verdict.DIFFERENT;
    }
    Verdict all = Verdict.EQUAL;
    for (int i = 0; i < a.size() && all != Verdict.DIFFERENT; i++) {
      all = worse(all, compare(a.get(i), b.get(i)));
    }
    return all;
  }

  private Verdict anyOrder(List<Node> a, List<Node> b) {
    if (a.size() != b.size()) {
      return Verdict.DIFFERENT;
    }
    Verdict[][] verdicts = all(a, b);
    return Matching.isPerfect(verdicts, Set.of(Verdict.EQUAL))
        ? Verdict.EQUAL
        : Matching.isPerfect(verdicts, Set.of(Verdict.EQUAL, Verdict.NOT_COMPARABLE))
            ? Verdict.NOT_COMPARABLE
            : Verdict.DIFFERENT;
  }

  /** Whether each item of one has its like in the other, however often. */
  private Verdict sameMembers(List<Node> a, List<Node> b) {
    Verdict[][] verdicts = all(a, b);
    Verdict all = Verdict.EQUAL;
    for (int i = 0; i < a.size(); i++) {
      Verdict best = Verdict.DIFFERENT;
      for (int j = 0; j < b.size(); j++) {
        best = better(best, verdicts[i][j]);
      }
      all = worse(all, best);
    }
    for (int j = 0; j < b.size(); j++) {
      Verdict best = Verdict.DIFFERENT;
      for (int i = 0; i < a.size(); i++) {
        best = better(best, verdicts[i][j]);
      }
      all = worse(all, best);
    }
    return all;
  }

  private Verdict[][] all(List<Node> a, List<Node> b) {
    Verdict[][] verdicts = new Verdict[a.size()][];
    for (int i = 0; i < a.size(); i++) {
      verdicts[i] = new Verdict[b.size()];
      for (int j = 0; j < b.size(); j++) {
        verdicts[i][j] = compare(a.get(i), b.get(j));
      }
    }
    return verdicts;
  }

  private static Verdict better(Verdict a, Verdict b) {
    return a == Verdict.EQUAL || b == Verdict.DIFFERENT ? a : b;
  }

  private static Verdict worse(Verdict a, Verdict b) {
    return a == Verdict.DIFFERENT || b == Verdict.DIFFERENT
        ? Verdict.DIFFERENT
        : a == Verdict.NOT_COMPARABLE ? a : b;
  }
}
