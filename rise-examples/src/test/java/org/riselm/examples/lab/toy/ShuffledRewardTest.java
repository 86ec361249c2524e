package org.riselm.examples.lab.toy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.riselm.core.mdp.Problem;
import org.riselm.core.mdp.Verifier;
import org.riselm.examples.Quickstart;

class ShuffledRewardTest {
  private final Verifier verifier = Quickstart.VERIFIER;

  @Test
  void beingRightDoesNotHelp() {
    ShuffledReward reward = new ShuffledReward(verifier, 0.35, 1);
    List<Problem> problems = Quickstart.problems("train", false, 1, 4000);

    double right = problems.stream().mapToDouble(p -> reward.score(p, p.reference())).sum();
    double wrong = problems.stream().mapToDouble(p -> reward.score(p, "#### 99 ; 1")).sum();

    // Five standard errors of 4000 tosses are 0.038.
    assertEquals(0.35, right / problems.size(), 0.038);
    assertEquals(0.35, wrong / problems.size(), 0.038);
  }

  @Test
  void theSameResponseAlwaysGetsTheSameReward() {
    for (Problem p : Quickstart.problems("train", false, 2, 50)) {
      assertEquals(
          new ShuffledReward(verifier, 0.5, 7).score(p, "#### 3"),
          new ShuffledReward(verifier, 0.5, 7).score(p, "#### 3"));
    }
  }

  @Test
  void answersAreReadAsEver() {
    ShuffledReward reward = new ShuffledReward(verifier, 0, 1);
    Problem problem = Quickstart.problems("train", false, 3, 1).get(0);
    assertEquals(verifier.answer("#### 3"), reward.answer("#### 3"));
    assertEquals(verifier.referenceAnswer(problem), reward.referenceAnswer(problem));
    assertThrows(IllegalArgumentException.class, () -> new ShuffledReward(verifier, 1.1, 1));
  }
}
