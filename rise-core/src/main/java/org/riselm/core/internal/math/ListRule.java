package org.riselm.core.internal.math;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.riselm.core.task.math.AnswerEquivalence.Verdict;

/** Compares lists without brackets: in any order, and with sets and tuples. */
final class ListRule implements Rule {
  private final ItemMatcher items;

  ListRule(ItemMatcher items) {
    this.items = items;
  }

  @Override
  public Optional<Verdict> compare(Node a, Node b) {
    return a instanceof Node.Items || b instanceof Node.Items
        ? Optional.of(lists(a, b))
        : Optional.empty();
  }

  private Verdict lists(Node a, Node b) {
    if (a instanceof Node.Items x && b instanceof Node.Items y) {
      return items.anyOrder(x.items(), y.items());
    }
    List<Node> list = a instanceof Node.Items x ? x.items() : ((Node.Items) b).items();
    Node other = a instanceof Node.Items ? b : a;
    if (other instanceof Node.Braces set) {
      return items.anyOrder(list, set.items());
    }
    if (other instanceof Node.Bracketed tuple && !isInterval(tuple)) {
      return items.inOrder(byName(list), tuple.items());
    }
    return Verdict.DIFFERENT;
  }

  /** Whether {@code tuple} can only be an interval; [1, 2, 3] is a list as programs print it. */
  private static boolean isInterval(Node.Bracketed tuple) {
    boolean square = tuple.open() == '[' && tuple.close() == ']' && tuple.items().size() > 2;
    return !square && (tuple.open() != '(' || tuple.close() != ')');
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
    if (named.stream().map(r -> r.operands().get(0)).distinct().count() < named.size()) {
      return List.of(); // "x = 1, x = 2" are two values of one
    }
    named.sort(Comparator.comparing(r -> ((Node.Sym) r.operands().get(0)).name()));
    return List.copyOf(named);
  }
}
