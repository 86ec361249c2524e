package org.riselm.core.internal.math;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.riselm.core.task.math.AnswerEquivalence.Verdict;

/** Compares matrices, and tuples with them and with each other, entry by entry. */
final class MatrixRule implements Rule {
  private final ItemMatcher items;

  MatrixRule(ItemMatcher items) {
    this.items = items;
  }

  @Override
  public Optional<Verdict> compare(Node a, Node b) {
    if (a instanceof Node.Bracketed x && b instanceof Node.Bracketed y) {
      return Optional.of(
          x.open() == y.open() && x.close() == y.close()
              ? items.inOrder(x.items(), y.items())
              : Verdict.DIFFERENT);
    }
    Optional<Node.Matrix> m = Forms.matrix(a);
    Optional<Node.Matrix> n = Forms.matrix(b);
    if (m.isPresent() && n.isPresent()) {
      return Optional.of(matrices(m.get(), n.get()));
    }
    Node other = m.isPresent() ? b : a;
    return m.or(() -> n)
        .map(x -> other instanceof Node.Bracketed tuple ? rows(x, tuple) : Verdict.DIFFERENT);
  }

  private Verdict matrices(Node.Matrix a, Node.Matrix b) {
    if (a.rows().size() != b.rows().size()) {
      return Verdict.DIFFERENT;
    }
    Verdict all = Verdict.EQUAL;
    for (int i = 0; i < a.rows().size(); i++) {
      all = ItemMatcher.worse(all, items.inOrder(a.rows().get(i), b.rows().get(i)));
    }
    return all;
  }

  /** A column or a row as (1, 2), a matrix as [[1, 2], [3, 4]]. */
  private Verdict rows(Node.Matrix matrix, Node.Bracketed tuple) {
    if (matrix.rows().size() == 1) {
      return items.inOrder(matrix.rows().get(0), tuple.items());
    }
    List<Node> rows = new ArrayList<>();
    for (List<Node> row : matrix.rows()) {
      rows.add(row.size() == 1 ? row.get(0) : new Node.Bracketed('[', row, ']'));
    }
    return items.inOrder(rows, tuple.items());
  }
}
