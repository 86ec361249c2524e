package org.riselm.core.inference;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import org.riselm.core.inference.VoteRules.Unreadable;
import org.riselm.core.internal.util.UserFailure;
import org.riselm.core.mdp.Verifier;

/**
 * The answer that most responses give (RISE, section 4.3, without an oracle). Answers are read and
 * compared by the verifier, so a vote and a reward cannot differ.
 */
public final class MajorityVote {
  /** The number of a response that no answer can be read in. */
  public static final int UNREADABLE = -1;

  private MajorityVote() {}

  /**
   * The place of the first response that gives the winning answer, by {@link VoteRules#DEFAULT}.
   *
   * @param verifier reads and compares answers
   * @param responses the responses
   * @return empty if all abstain
   */
  public static OptionalInt winner(Verifier verifier, List<String> responses) {
    return winner(numbers(verifier, responses), VoteRules.DEFAULT, /* seed= */ 0);
  }

  /**
   * The place of the first of {@code numbers} that is the winning one.
   *
   * @param numbers of the responses' answers, as {@link #numbers} gives them
   * @param rules for ties and unreadable responses
   * @param seed of a random choice among ties
   * @return empty if nothing wins
   */
  public static OptionalInt winner(int[] numbers, VoteRules rules, long seed) {
    List<Candidate> candidates = new ArrayList<>();
    for (int place = 0; place < numbers.length; place++) {
      int number = numbers[place];
      if (number == UNREADABLE && rules.unreadable() == Unreadable.ABSTAINS) {
        continue;
      }
      Candidate candidate = null;
      for (Candidate c : candidates) {
        candidate = c.number == number ? c : candidate;
      }
      if (candidate == null) {
        candidate = new Candidate(number, place);
        candidates.add(candidate);
      }
      candidate.votes++;
      candidate.last = place;
    }
    int most = candidates.stream().mapToInt(c -> c.votes).max().orElse(0);
    List<Candidate> tied = candidates.stream().filter(c -> c.votes == most).toList();
    return choose(tied, rules, seed)
        .filter(c -> c.number != UNREADABLE)
        .map(c -> OptionalInt.of(c.first))
        .orElse(OptionalInt.empty());
  }

  private static Optional<Candidate> choose(List<Candidate> tied, VoteRules rules, long seed) {
    if (tied.size() <= 1) {
      return tied.stream().findFirst();
    }
    return switch (rules.ties()) {
      case FIRST -> Optional.of(tied.get(0));
      case LAST -> tied.stream().reduce((a, b) -> b.last > a.last ? b : a);
      case RANDOM -> Optional.of(tied.get(new SplittableRandom(seed).nextInt(tied.size())));
      case NONE -> Optional.empty();
    };
  }

  /**
   * {@return for each response the number of its answer: equivalent answers share one, counted from
   * 0 as they first come; {@link #UNREADABLE} where none can be read}
   *
   * @param verifier reads and compares answers
   * @param responses the responses
   */
  public static int[] numbers(Verifier verifier, List<String> responses) {
    List<String> answers = new ArrayList<>();
    int[] numbers = new int[responses.size()];
    for (int i = 0; i < numbers.length; i++) {
      Optional<String> answer = read(verifier, responses.get(i));
      numbers[i] = answer.map(a -> number(verifier, answers, a)).orElse(UNREADABLE);
    }
    return numbers;
  }

  private static int number(Verifier verifier, List<String> answers, String answer) {
    for (int i = 0; i < answers.size(); i++) {
      if (same(verifier, answers.get(i), answer)) {
        return i;
      }
    }
    answers.add(answer);
    return answers.size() - 1;
  }

  private static Optional<String> read(Verifier verifier, String response) {
    try {
      return verifier.answer(response);
    } catch (Throwable e) {
      // A response that the verifier chokes on has no readable answer.
      UserFailure.check(e);
      return Optional.empty();
    }
  }

  private static boolean same(Verifier verifier, String answer, String other) {
    try {
      return verifier.equivalent(answer, other);
    } catch (Throwable e) {
      // Answers that the verifier cannot compare do not vote together.
      UserFailure.check(e);
      return answer.equals(other);
    }
  }

  private static final class Candidate {
    private final int number;
    private final int first;
    private int votes;
    private int last;

    private Candidate(int number, int first) {
      this.number = number;
      this.first = first;
    }
  }
}
