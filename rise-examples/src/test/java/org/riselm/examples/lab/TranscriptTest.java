package org.riselm.examples.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.riselm.core.mdp.Episode;
import org.riselm.core.mdp.Problem;
import org.riselm.core.mdp.Response;
import org.riselm.core.mdp.Turn;

class TranscriptTest {
  private static Episode episode(String prompt, int... rewards) {
    List<Turn> turns = new ArrayList<>();
    for (int reward : rewards) {
      turns.add(Turn.of(Response.ofText("says " + reward), reward).withFeedback("again"));
    }
    return new Episode(Problem.of(prompt, prompt, ""), 0, turns, Episode.EndReason.TURN_LIMIT);
  }

  @Test
  void itPicksTheLongestQuestionThatWasPutRightForGood() {
    Episode good = episode("a longer question", 0, 1, 1);
    List<Episode> episodes =
        List.of(
            episode("q", 0, 1, 1),
            good,
            episode("right from the start on, and long", 1, 1, 1),
            episode("spoilt again later, and even longer", 0, 1, 0),
            episode("only one turn, which was wrong, and very long", 0));

    assertEquals(Optional.of(good), Transcript.pick(episodes));
    assertEquals(Optional.empty(), Transcript.pick(List.of(episode("never right", 0, 0))));
  }

  @Test
  void itShowsTheQuestionBothAnswersAndWhatWasSaidBetween() {
    List<String> lines = Transcript.of(episode("how many?", 0, 1)).lines().toList();

    assertEquals(4, lines.size());
    assertTrue(lines.get(0).contains("how many?"));
    assertTrue(lines.get(1).contains("says 0") && lines.get(1).contains("wrong"));
    assertTrue(lines.get(2).contains("again"));
    assertTrue(lines.get(3).contains("says 1") && lines.get(3).contains("right"));
  }
}
