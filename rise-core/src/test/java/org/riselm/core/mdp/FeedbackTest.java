package org.riselm.core.mdp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class FeedbackTest {
  private static final Problem PROBLEM = Problem.of("p", "What is 2 + 2?", "4");
  private static final Turn RIGHT = Turn.of(Response.ofText("4"), 1);
  private static final Turn WRONG = Turn.of(Response.ofText("5"), 0);

  @Test
  void onlyTheTruthTellsRightFromWrong() {
    assertNotEquals(
        Feedback.truthful().after(PROBLEM, RIGHT), Feedback.truthful().after(PROBLEM, WRONG));
    assertTrue(Feedback.truthful().revealsOutcome());
    for (Feedback f :
        List.of(
            Feedback.neutral("Again."),
            Feedback.alwaysIncorrect(),
            Feedback.anyOf(List.of("Again."), 1))) {
      assertEquals(f.after(PROBLEM, RIGHT), f.after(PROBLEM, WRONG), f::toString);
      assertFalse(f.revealsOutcome(), f::toString);
    }
    assertEquals(
        Feedback.truthful().after(PROBLEM, WRONG),
        Feedback.alwaysIncorrect().after(PROBLEM, RIGHT));
  }

  @Test
  void aPoolIsUsedEvenlyAndRepeatably() {
    List<String> texts = List.of("One.", "Two.", "Three.");
    Map<String, Integer> said = new TreeMap<>();
    int changed = 0;
    for (int i = 0; i < 3000; i++) {
      Turn turn = Turn.of(Response.ofText("answer " + i), 0);
      String text = Feedback.anyOf(texts, 7).after(PROBLEM, turn);
      assertEquals(text, Feedback.anyOf(texts, 7).after(PROBLEM, turn));
      changed += text.equals(Feedback.anyOf(texts, 8).after(PROBLEM, turn)) ? 0 : 1;
      said.merge(text, 1, Integer::sum);
    }
    // Six standard errors of a third, and of two thirds.
    said.values().forEach(n -> assertEquals(1000, n, 160));
    assertEquals(3, said.size());
    assertEquals(2000, changed, 160);
    assertThrows(IllegalArgumentException.class, () -> Feedback.anyOf(List.of(), 7));
  }

  @Test
  void theQuestionCanBeRestated() {
    Feedback restating = Feedback.truthful("Yes.", "No.").restating("The question was:");
    assertEquals("No. The question was: What is 2 + 2?", restating.after(PROBLEM, WRONG));
    assertTrue(restating.revealsOutcome());
    assertNotEquals(Feedback.truthful("Yes.", "No.").toString(), restating.toString());
  }

  @Test
  void aFunctionMaySayWhatAToolFound() {
    Feedback tool =
        Feedback.of("difference", true, (p, t) -> "You are off by " + (t.correct() ? 0 : 1) + ".");
    assertEquals("You are off by 1.", tool.after(PROBLEM, WRONG));
    assertEquals("difference", tool.toString());
  }
}
