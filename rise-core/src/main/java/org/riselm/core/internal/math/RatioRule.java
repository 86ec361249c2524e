package org.riselm.core.internal.math;

import java.util.List;
import java.util.Optional;
import org.riselm.core.task.math.AnswerEquivalence.Verdict;

/** Compares ratios: by their proportion, and with a quotient; times of day are none. */
final class RatioRule implements Rule {
  private final ItemMatcher items;
  private final Scalars scalars;

  RatioRule(ItemMatcher items, Scalars scalars) {
    this.items = items;
    this.scalars = scalars;
  }

  @Override
  public Optional<Verdict> compare(Node a, Node b) {
    return a instanceof Node.Ratio || b instanceof Node.Ratio
        ? Optional.of(ratios(a, b))
        : Optional.empty();
  }

  private Verdict ratios(Node a, Node b) {
    if (a instanceof Node.Ratio x && b instanceof Node.Ratio y) {
      return Forms.isTime(x) || Forms.isTime(y) || x.items().size() != y.items().size()
          ? items.inOrder(x.items(), y.items())
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
    Verdict all = items.inOrder(a, b);
    if (all == Verdict.EQUAL
        || !a.stream().allMatch(Forms::isScalar)
        || !b.stream().allMatch(Forms::isScalar)) {
      return all;
    }
    all = Verdict.EQUAL;
    for (int i = 1; i < a.size(); i++) {
      Node left = new Node.Product(List.of(a.get(i), b.get(0)));
      Node right = new Node.Product(List.of(b.get(i), a.get(0)));
      all = ItemMatcher.worse(all, scalars.compare(left, right));
    }
    return all;
  }
}
