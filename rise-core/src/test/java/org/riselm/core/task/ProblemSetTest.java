package org.riselm.core.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.riselm.core.WordTask;
import org.riselm.core.mdp.Problem;
import org.riselm.core.mdp.Verifier;

class ProblemSetTest {
  private static ProblemSet of(Problem... problems) {
    return new ProblemSet("mine", List.of(problems), WordTask.VERIFIER);
  }

  @Test
  void twoProblemsOfOneIdAreRefused() {
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () -> of(Problem.of("a", "?", ""), Problem.of("b", "?", ""), Problem.of("a", "!", "")));
    assertTrue(e.getMessage().contains("mine") && e.getMessage().contains("1 and 3"));
  }

  @Test
  void anEmptySetIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> of());
  }

  @Test
  void aShuffleKeepsTheProblemsAndGoesByItsSeed() {
    ProblemSet set = WordTask.problems("p", 50);
    assertEquals(set.shuffled(1), set.shuffled(1));
    assertNotEquals(set.shuffled(1), set.shuffled(2));
    assertEquals(new HashSet<>(set.problems()), new HashSet<>(set.shuffled(1).problems()));
  }

  @Test
  void takeAndDropSplit() {
    ProblemSet set = WordTask.problems("p", 10);
    assertEquals(set.problems().subList(0, 3), set.take(3).problems());
    assertEquals(set.problems().subList(3, 10), set.drop(3).problems());
    assertSame(set.verifier(), set.take(3).verifier());
    set.take(3).requireDisjointFrom(set.drop(3));
    for (int count : new int[] {0, -1, 11}) {
      assertThrows(IllegalArgumentException.class, () -> set.take(count));
    }
    assertThrows(IllegalArgumentException.class, () -> set.drop(10));
  }

  @Test
  void sharedProblemsAreFoundByIdAndByPrompt() {
    ProblemSet set = of(Problem.of("a", "one", ""), Problem.of("b", "two", ""));
    for (Problem shared : List.of(Problem.of("b", "three", ""), Problem.of("c", "one", ""))) {
      IllegalArgumentException e =
          assertThrows(IllegalArgumentException.class, () -> of(shared).requireDisjointFrom(set));
      assertTrue(e.getMessage().contains(shared.id()), e::getMessage);
    }
  }

  @Test
  void twoFunctionsAreAVerifier() {
    Verifier verifier =
        Verifier.of(
            response -> response.isBlank() ? Optional.empty() : Optional.of(response.strip()),
            String::equalsIgnoreCase);
    Problem problem = Problem.of("p", "Say yes", "Yes");
    assertEquals(1, verifier.score(problem, " yes "));
    assertEquals(0, verifier.score(problem, "no"));
    assertEquals(0, verifier.score(problem, " "));
    Problem without = Problem.of("q", "Say nothing", " ");
    String message =
        assertThrows(IllegalArgumentException.class, () -> verifier.referenceAnswer(without))
            .getMessage();
    assertTrue(String.valueOf(message).contains("problem q"), message);
  }
}
