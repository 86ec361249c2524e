package org.riselm.core.inference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.OptionalInt;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.riselm.core.inference.VoteRules.Ties;
import org.riselm.core.inference.VoteRules.Unreadable;
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

  @Test
  void rulesDecideTies() {
    int[] tied = {MajorityVote.UNREADABLE, 0, 1, 1, 2, 0};
    assertEquals(OptionalInt.of(1), winner(tied, Ties.FIRST, 0));
    assertEquals(OptionalInt.of(1), winner(tied, Ties.LAST, 0));
    assertEquals(OptionalInt.of(1), winner(new int[] {0, 1, 0, 1}, Ties.LAST, 0));
    assertEquals(OptionalInt.empty(), winner(tied, Ties.NONE, 0));
    assertEquals(OptionalInt.of(0), winner(new int[] {0, 0, 1}, Ties.NONE, 0));
    int[] wins = new int[2];
    for (long seed = 0; seed < 1000; seed++) {
      OptionalInt winner = winner(tied, Ties.RANDOM, seed);
      assertEquals(winner, winner(tied, Ties.RANDOM, seed));
      wins[winner.getAsInt() - 1]++;
    }
    assertTrue(Math.abs(wins[0] - 500) < 80, () -> wins[0] + " of 1000");
  }

  @Test
  void theUnreadableMayVoteTogether() {
    VoteRules voting = new VoteRules(Ties.FIRST, Unreadable.VOTES);
    assertEquals(OptionalInt.empty(), MajorityVote.winner(new int[] {0, -1, -1}, voting, 0));
    assertEquals(OptionalInt.of(0), MajorityVote.winner(new int[] {0, -1, 0}, voting, 0));
  }

  private static OptionalInt winner(int[] numbers, Ties ties, long seed) {
    return MajorityVote.winner(numbers, new VoteRules(ties, Unreadable.ABSTAINS), seed);
  }
}
