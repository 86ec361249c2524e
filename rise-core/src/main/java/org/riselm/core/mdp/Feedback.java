package org.riselm.core.mdp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import com.google.common.hash.HashCode;
import com.google.common.hash.Hashing;
import java.util.List;
import java.util.function.BiFunction;

/**
 * The text the environment says between turns.
 *
 * <p>What it says depends on the problem, the turn and nothing else, so that a run can be repeated.
 */
public interface Feedback extends Described {
  /**
   * {@return what is said after {@code turn}, which was an attempt at {@code problem}; not blank}
   *
   * @param problem the problem
   * @param turn the turn
   */
  String after(Problem problem, Turn turn);

  /**
   * {@return whether the text distinguishes correct responses from incorrect ones} An evaluation
   * with such feedback has an oracle in the loop, and its report says so.
   */
  boolean revealsOutcome();

  /**
   * {@return feedback that says the same after every turn, correct or not}
   *
   * @param text what is said
   */
  static Feedback neutral(String text) {
    requireNonNull(text, "text");
    return of("neutral: " + text, /* revealsOutcome= */ false, (problem, turn) -> text);
  }

  /**
   * {@return feedback that reveals whether the response was correct: one sentence if it was,
   * another if it was not}
   *
   * @param afterRight said after a correct response
   * @param afterWrong said after any other
   */
  static Feedback truthful(String afterRight, String afterWrong) {
    requireNonNull(afterRight, "afterRight");
    requireNonNull(afterWrong, "afterWrong");
    return of(
        "truthful: " + afterRight + " / " + afterWrong,
        /* revealsOutcome= */ true,
        (problem, turn) -> turn.correct() ? afterRight : afterWrong);
  }

  /** {@return {@link #truthful(String, String)} feedback in plain English: the default} */
  static Feedback truthful() {
    return truthful("The answer is correct. Give the same answer again.", INCORRECT);
  }

  /** What is said after an incorrect response, unless another sentence is given. */
  String INCORRECT = "The answer is incorrect. Find the mistake and try again.";

  /**
   * {@return feedback that says "incorrect" after correct responses too, as the released code of
   * RISE does in evaluation} It does not distinguish them, and is untrue after correct responses;
   * {@code stopWhenCorrect} keeps such turns out of training, as the paper does.
   */
  static Feedback alwaysIncorrect() {
    return neutral(INCORRECT);
  }

  /**
   * {@return feedback that says one of several sentences without information ("unary feedback",
   * arXiv 2507.14295), so that the policy does not come to depend on the words of one}
   *
   * @param texts at least one
   * @param seed of the choice, which is made by the problem and the response
   */
  static Feedback anyOf(List<String> texts, long seed) {
    List<String> pool = List.copyOf(texts);
    if (pool.isEmpty()) {
      throw new IllegalArgumentException("there is no text to say; give at least one");
    }
    return of(
        "any of " + pool + ", seed " + seed,
        /* revealsOutcome= */ false,
        (problem, turn) -> {
          String of = problem.id() + "\n" + turn.response().text();
          HashCode hash = Hashing.murmur3_128().hashString(seed + "\n" + of, UTF_8);
          return pool.get((int) Long.remainderUnsigned(hash.asLong(), pool.size()));
        });
  }

  /**
   * {@return feedback that says what {@code text} returns: a tool's output, a verifier's remark}
   *
   * @param name tells this feedback from others in a run's configuration
   * @param revealsOutcome see {@link #revealsOutcome()}
   * @param text a function of the problem and the turn; where it throws, the episode ends
   */
  static Feedback of(String name, boolean revealsOutcome, BiFunction<Problem, Turn, String> text) {
    return new FunctionFeedback(name, revealsOutcome, text);
  }

  /**
   * {@return this feedback, followed by {@code lead} and the problem's prompt, as in the released
   * code} A history window that shows the question anyway does not need it.
   *
   * @param lead what stands before the prompt
   */
  default Feedback restating(String lead) {
    return of(
        description() + ", restating: " + lead,
        revealsOutcome(),
        (problem, turn) -> after(problem, turn) + " " + lead + " " + problem.prompt());
  }

  /** Feedback computed for a batch of turns, as by a model. */
  interface BatchFeedback extends Feedback {
    /**
     * {@return what is said after each of {@code turns}, which were attempts at {@code problems},
     * one each, in their order} A blank text means that there is none, and ends that episode.
     *
     * @param problems the problems
     * @param turns the turns
     */
    List<String> after(List<Problem> problems, List<Turn> turns);

    @Override
    default String after(Problem problem, Turn turn) {
      return after(List.of(problem), List.of(turn)).get(0);
    }
  }
}
