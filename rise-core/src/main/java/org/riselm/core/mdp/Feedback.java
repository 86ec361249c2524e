package org.riselm.core.mdp;

import static java.util.Objects.requireNonNull;

/** The text the environment says between turns. */
public interface Feedback {
  /** What is said after {@code turn}, which was an attempt at {@code problem}. Not blank. */
  String after(Problem problem, Turn turn);

  /**
   * Whether the text tells a right answer from a wrong one. An evaluation with such feedback has an
   * oracle in the loop, and its report says so.
   */
  boolean revealsOutcome();

  /** The same sentence after every turn, right or wrong. */
  static Feedback neutral(String text) {
    requireNonNull(text, "text");
    return new Feedback() {
      @Override
      public String after(Problem problem, Turn turn) {
        return text;
      }

      @Override
      public boolean revealsOutcome() {
        return false;
      }

      @Override
      public String toString() {
        return "neutral: " + text;
      }
    };
  }

  /** One sentence after a right answer, another after a wrong one. The truth, in either case. */
  static Feedback truthful(String afterRight, String afterWrong) {
    requireNonNull(afterRight, "afterRight");
    requireNonNull(afterWrong, "afterWrong");
    return new Feedback() {
      @Override
      public String after(Problem problem, Turn turn) {
        return turn.success() ? afterRight : afterWrong;
      }

      @Override
      public boolean revealsOutcome() {
        return true;
      }

      @Override
      public String toString() {
        return "truthful: " + afterRight + " / " + afterWrong;
      }
    };
  }

  /** {@link #truthful(String, String)} in plain English: the default. */
  static Feedback truthful() {
    return truthful(
        "The answer is correct. Give the same answer again.",
        "The answer is incorrect. Find the mistake and try again.");
  }
}
