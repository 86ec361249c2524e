package org.riselm.core.inference;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.OptionalInt;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.riselm.core.mdp.Verifier;
import org.riselm.core.task.Gsm8kVerifier;

class MajorityVoteTest {
  private static final Verifier VERIFIER = new Gsm8kVerifier();

  @Provide
  Arbitrary<List<String>> ballots() {
    return Arbitraries.of("#### 1", "#### 1.0", "\\boxed{1}", "#### 2", "#### 3", "dunno")
        .list()
        .ofMaxSize(7);
  }

  @Property
  void isTheFirstOfTheMostFrequent(@ForAll("ballots") List<String> ballots) {
    // Brute force: each ballot counts all that agree with it; the first with the highest count.
    int expected = -1;
    long most = 0;
    for (int i = 0; i < ballots.size(); i++) {
      String mine = VERIFIER.answer(ballots.get(i)).orElse("none");
      long votes =
          mine.equals("none")
              ? 0
              : ballots.stream().filter(b -> VERIFIER.answer(b).orElse("-").equals(mine)).count();
      if (votes > most) {
        most = votes;
        expected = i;
      }
    }
    assertEquals(
        expected < 0 ? OptionalInt.empty() : OptionalInt.of(expected),
        MajorityVote.winner(VERIFIER, ballots));
  }

  @Test
  void tiesGoToTheEarliestAndTheUnreadableAbstain() {
    assertEquals(
        OptionalInt.of(1),
        MajorityVote.winner(VERIFIER, List.of("dunno", "#### 2", "#### 3", "dunno", "dunno")));
  }

  @Test
  void noAnswerNoWinner() {
    assertEquals(OptionalInt.empty(), MajorityVote.winner(VERIFIER, List.of("dunno", "?")));
    assertEquals(OptionalInt.empty(), MajorityVote.winner(VERIFIER, List.of()));
  }
}
