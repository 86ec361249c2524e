package org.riselm.core.relabel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.riselm.core.mdp.Episode;
import org.riselm.core.mdp.Feedback;
import org.riselm.core.mdp.HistoryWindow;
import org.riselm.core.mdp.Problem;
import org.riselm.core.mdp.Response;
import org.riselm.core.mdp.Turn;

class OfflinePairsTest {
  private static final OfflinePairs PAIRS =
      OfflinePairs.builder(Feedback.neutral("Again."))
          .maxIncorrect(4)
          .maxPerProblem(2)
          .historyWindow(HistoryWindow.all())
          .build();

  private static Episode sample(String id, int sample, String text, double reward) {
    return new Episode(
        Problem.of(id, "?", "x"),
        sample,
        List.of(Turn.of(Response.ofText(text), reward)),
        Episode.EndReason.TURN_LIMIT);
  }

  private static List<Episode> samples(int problems) {
    List<Episode> all = new ArrayList<>();
    for (int p = 0; p < problems; p++) {
      all.add(sample("p" + p, 0, "2 + 2 = 5 so 5", 0));
      all.add(sample("p" + p, 1, "2 + 2 = 4 so 4", 1));
      all.add(sample("p" + p, 2, "no idea at all", 0));
      all.add(sample("p" + p, 3, "it is 3 , or is it ?", 0));
      all.add(sample("p" + p, 4, "2 + 2 = 4 , four", 1));
      all.add(sample("p" + p, 5, "2 + 2 is 4", 1));
    }
    all.add(sample("hopeless", 0, "what ?", 0));
    return all;
  }

  @Test
  void chainsEndInARightAnswerAfterItsNearestWrongOne() {
    List<RelabeledAttempt> chains = PAIRS.of(samples(40), 3);
    assertEquals(80, chains.size());
    Set<Integer> lengths = new HashSet<>();
    for (RelabeledAttempt chain : chains) {
      List<Turn> history = chain.attempt().state().history();
      lengths.add(history.size());
      assertTrue(chain.attempt().turn().correct());
      assertEquals(chain.attempt().turn().response(), chain.target().response());
      assertEquals(history.size() + 1, chain.attempt().state().turn());
      assertTrue(history.stream().noneMatch(Turn::correct));
      assertEquals(history.size(), new HashSet<>(history).size(), "a wrong answer is there twice");
      if (!history.isEmpty()) {
        assertEquals("2 + 2 = 5 so 5", history.get(history.size() - 1).response().text());
      }
    }
    // Three wrong answers are there, of at most four.
    assertEquals(Set.of(0, 1, 2, 3), lengths);
  }

  @Test
  void theOrderOfTheSamplesDecidesNothing() {
    List<Episode> permuted = new ArrayList<>(samples(5));
    Collections.shuffle(permuted, new Random(1));
    assertEquals(new HashSet<>(PAIRS.of(samples(5), 3)), new HashSet<>(PAIRS.of(permuted, 3)));
  }

  @Test
  void settingsOutOfRangeAreRefused() {
    Feedback feedback = Feedback.neutral("Again.");
    HistoryWindow window = HistoryWindow.latest();
    assertThrows(
        IllegalArgumentException.class,
        () ->
            OfflinePairs.builder(feedback)
                .maxIncorrect(-1)
                .maxPerProblem(1)
                .historyWindow(window)
                .build());
    assertThrows(
        IllegalArgumentException.class,
        () ->
            OfflinePairs.builder(feedback)
                .maxIncorrect(1)
                .maxPerProblem(0)
                .historyWindow(window)
                .build());
  }
}
