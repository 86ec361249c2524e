package org.riselm.core.mdp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class HistoryWindowTest {
  private static final Problem PROBLEM = Problem.of("p", "what?", "x");

  private static List<Turn> turns(int count) {
    List<Turn> turns = new ArrayList<>();
    for (int i = 1; i <= count; i++) {
      turns.add(Turn.of(Response.ofText("attempt " + i), 0).withFeedback("again"));
    }
    return turns;
  }

  @Property
  void showsTheLastTurnsInOrder(
      @ForAll @IntRange(min = 1, max = 6) int size, @ForAll @IntRange(max = 6) int earlier) {
    State state = HistoryWindow.last(size).state(PROBLEM, turns(earlier));
    List<String> expected = new ArrayList<>();
    for (int i = 1; i <= earlier; i++) {
      if (i > earlier - size) {
        expected.add("attempt " + i);
      }
    }
    assertEquals(expected, state.history().stream().map(t -> t.response().text()).toList());
    assertEquals(earlier + 1, state.turn());
  }

  @Property
  void anEpisodeShowsTheStatesItWasCollectedIn(
      @ForAll @IntRange(min = 1, max = 5) int length, @ForAll @IntRange(min = 1, max = 5) int at) {
    int turn = Math.min(at, length);
    Episode episode = new Episode(PROBLEM, 0, turns(length), Episode.EndReason.TURN_LIMIT);
    State state = episode.stateBefore(turn, HistoryWindow.all());
    assertEquals(turns(turn - 1), state.history());
    assertEquals(turn, state.turn());
  }

  @Test
  void aWindowShowsSomething() {
    assertThrows(IllegalArgumentException.class, () -> HistoryWindow.last(0));
  }

  @Test
  void aVisibleTurnNeedsFeedback() {
    List<Turn> silent = List.of(Turn.of(Response.ofText("a"), 0));
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class, () -> HistoryWindow.all().state(PROBLEM, silent));
    assertEquals(true, e.getMessage().contains("feedback"));
  }
}
