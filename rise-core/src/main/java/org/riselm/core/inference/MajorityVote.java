package org.riselm.core.inference;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.riselm.core.mdp.Verifier;

/**
 * The answer that most responses give (RISE, section 4.3, without an oracle). Answers are read and
 * compared by the verifier, so a vote and a reward cannot differ.
 */
public final class MajorityVote {
  private MajorityVote() {}

  /**
   * The place of the first response that gives the winning answer.
   *
   * <p>A response without a readable answer abstains. Ties go to the answer that was given first.
   *
   * @return empty if all abstain
   */
  public static OptionalInt winner(Verifier verifier, List<String> responses) {
    List<Candidate> candidates = new ArrayList<>();
    for (int i = 0; i < responses.size(); i++) {
      Optional<String> answer = read(verifier, responses.get(i));
      if (answer.isEmpty()) {
        continue;
      }
      Optional<Candidate> same =
          candidates.stream().filter(c -> verifier.equivalent(c.answer, answer.get())).findFirst();
      if (same.isPresent()) {
        same.get().votes++;
      } else {
        candidates.add(new Candidate(answer.get(), i));
      }
    }
    Candidate best = null;
    for (Candidate c : candidates) {
      best = best == null || c.votes > best.votes ? c : best;
    }
    return best == null ? OptionalInt.empty() : OptionalInt.of(best.first);
  }

  private static Optional<String> read(Verifier verifier, String response) {
    try {
      return verifier.answer(response);
    } catch (RuntimeException e) {
      // A response that the verifier chokes on has no readable answer.
      return Optional.empty();
    }
  }

  private static final class Candidate {
    private final String answer;
    private final int first;
    private int votes = 1;

    private Candidate(String answer, int first) {
      this.answer = answer;
      this.first = first;
    }
  }
}
