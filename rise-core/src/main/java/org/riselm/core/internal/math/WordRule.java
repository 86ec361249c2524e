package org.riselm.core.internal.math;

import java.util.Locale;
import java.util.Optional;
import org.riselm.core.task.math.AnswerEquivalence.Verdict;

/** Compares words by their letters and digits. */
final class WordRule implements Rule {
  @Override
  public Optional<Verdict> compare(Node a, Node b) {
    return a instanceof Node.Words || b instanceof Node.Words
        ? Optional.of(words(a, b))
        : Optional.empty();
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
        .replaceFirst("^(?:an?|the) ", "")
        .replaceAll("(?<=[a-z]{3})s\\b", "")
        .replaceAll("[^a-z0-9]", "");
  }
}
