package org.riselm.core.internal.trainer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ScoresTest {
  @Test
  void theBestIsTheEarliestOfEquals() {
    Scores scores = new Scores();
    scores.put(0, 0.2);
    scores.put(1, 0.5);
    scores.put(2, 0.5);
    assertEquals(1, scores.best());
    assertEquals(1, scores.sinceBest());
    scores.put(3, 0.6);
    assertEquals(3, scores.best());
    assertEquals(0, scores.sinceBest());
  }

  @Test
  void withoutScoresNothingIsTooFarFromTheBest() {
    assertTrue(new Scores().isEmpty());
    assertEquals(0, new Scores().sinceBest());
  }
}
