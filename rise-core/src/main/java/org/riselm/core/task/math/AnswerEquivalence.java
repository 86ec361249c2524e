package org.riselm.core.task.math;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.riselm.core.internal.math.BeyondGraderException;
import org.riselm.core.internal.math.Budget;
import org.riselm.core.internal.math.Choices;
import org.riselm.core.internal.math.Cleaner;
import org.riselm.core.internal.math.Comparison;
import org.riselm.core.internal.math.Exact;
import org.riselm.core.internal.math.Forms;
import org.riselm.core.internal.math.Lexer;
import org.riselm.core.internal.math.Names;
import org.riselm.core.internal.math.Node;
import org.riselm.core.internal.math.Parser;
import org.riselm.core.internal.math.Quotient;
import org.riselm.core.internal.math.Rational;

/**
 * Decides whether two answers, in TeX or plain text, mean the same.
 *
 * <p>Numbers with thousands separators, fractions, mixed numbers, percents, units and currency;
 * roots, powers, π, e and i; polynomials and quotients of them; intervals and inequalities, sets,
 * tuples, unions, lists in any order, ratios, matrices; and text. Exact where it can be, otherwise
 * numeric. What cannot be read equals only what is written the same way. {@code docs/tasks.md} has
 * the rules.
 *
 * <p>Symmetric, and reflexive on everything but blank text. Not transitive: 50% equals 50, and it
 * equals 0.5. Immutable and safe on any thread.
 */
public final class AnswerEquivalence {
  /** What a comparison finds. */
  public enum Verdict {
    /** Both mean the same. */
    EQUAL,
    /** They do not. */
    DIFFERENT,
    /** The grader cannot tell, which never counts as right. */
    NOT_COMPARABLE
  }

  private static final Duration DEADLINE = Duration.ofSeconds(1);
  private final Duration deadline;

  /**
   * An equivalence.
   *
   * @param deadline how long a comparison may take before it is given up, above zero
   */
  public AnswerEquivalence(Duration deadline) {
    if (requireNonNull(deadline, "deadline").isZero() || deadline.isNegative()) {
      throw new IllegalArgumentException("the deadline is " + deadline + "; it must be above zero");
    }
    this.deadline = deadline;
  }

  /**
   * {@return an equivalence with a deadline of one second; a usual comparison takes microseconds}
   */
  public static AnswerEquivalence ofDefaults() {
    return new AnswerEquivalence(DEADLINE);
  }

  /**
   * {@return whether {@code answer} and {@code other} mean the same} Never throws on any text.
   *
   * @param answer an answer as it was read from a response
   * @param other another answer
   */
  public Verdict compare(String answer, String other) {
    if (answer.isBlank() || other.isBlank()) {
      return Verdict.NOT_COMPARABLE;
    }
    if (Math.max(answer.length(), other.length()) > Lexer.MAX_LENGTH) {
      return answer.equals(other) ? Verdict.EQUAL : Verdict.NOT_COMPARABLE;
    }
    // One order for both ways round, so that even what a comparison costs is the same.
    boolean inOrder = answer.compareTo(other) <= 0;
    String a = Cleaner.clean(inOrder ? answer : other);
    String b = Cleaner.clean(inOrder ? other : answer);
    String formA = Cleaner.textForm(a);
    String formB = Cleaner.textForm(b);
    if (formA.isEmpty() || formB.isEmpty()) {
      return answer.equals(other) ? Verdict.EQUAL : Verdict.NOT_COMPARABLE;
    }
    if (formA.equals(formB) || Choices.same(formA, formB) || Choices.same(formB, formA)) {
      return Verdict.EQUAL;
    }
    String textA = Choices.text(formA);
    String textB = Choices.text(formB);
    // Where one is a choice with its text, the other may be the text alone.
    boolean oneIsChoice = textA.equals(formA) != textB.equals(formB);
    return compareRead(
        oneIsChoice && !textA.equals(formA) ? textA : a,
        oneIsChoice && !textB.equals(formB) ? textB : b,
        new Budget(deadline));
  }

  /** Whether {@code answer} can be read as mathematics or words. */
  boolean isReadable(String answer) {
    return answer.length() <= Lexer.MAX_LENGTH
        && parse(Cleaner.clean(answer), new Budget(deadline)) != null;
  }

  /**
   * {@return the exact value of {@code answer}, without its unit and percent sign, if it is a
   * rational}
   *
   * @param answer an answer as it was read from a response
   */
  public Optional<String> number(String answer) {
    try {
      Budget budget = new Budget(deadline);
      List<Node> values = Forms.values(Parser.parse(Cleaner.clean(answer), budget));
      Node node = Forms.simplify(values.get(values.size() - 1));
      if (node instanceof Node.Relation relation) {
        node = Names.namedValue(relation).orElse(node);
      }
      if (node instanceof Node.Measured measured) {
        node = measured.value();
      }
      node = Forms.isPercent(node) ? Forms.withoutPercent(node) : node;
      if (!Forms.isConstant(node)) {
        return Optional.empty();
      }
      Quotient value = new Exact(budget).of(node);
      return value.isRational() ? Optional.of(plain(value.rational())) : Optional.empty();
    } catch (BeyondGraderException e) {
      return Optional.empty();
    }
  }

  private static String plain(Rational value) {
    if (!value.isTerminating()) {
      return value.toString();
    }
    java.math.BigDecimal decimal =
        new java.math.BigDecimal(value.numerator())
            .divide(new java.math.BigDecimal(value.denominator()));
    return decimal.signum() == 0 ? "0" : decimal.stripTrailingZeros().toPlainString();
  }

  private static Verdict compareRead(String a, String b, Budget budget) {
    Node left = parse(a, budget);
    Node right = parse(b, budget);
    if (left == null || right == null) {
      return Verdict.NOT_COMPARABLE;
    }
    try {
      return new Comparison(budget).compare(left, right);
    } catch (BeyondGraderException e) {
      return Verdict.NOT_COMPARABLE;
    }
  }

  private static @Nullable Node parse(String cleaned, Budget budget) {
    try {
      return Parser.parse(cleaned, budget);
    } catch (BeyondGraderException e) {
      return null;
    }
  }
}
