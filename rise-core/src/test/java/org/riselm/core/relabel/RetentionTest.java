package org.riselm.core.relabel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.riselm.core.mdp.HistoryWindow;
import org.riselm.core.mdp.Problem;
import org.riselm.core.mdp.Response;
import org.riselm.core.mdp.Turn;

class RetentionTest {
  /** An episode: the learner's rewards, and those of the targets; texts name sample and turn. */
  private static List<RelabeledAttempt> episode(
      String id, int sample, double[] own, double[] target) {
    Problem problem = Problem.of(id, "?", "x");
    List<Turn> turns = new ArrayList<>();
    List<RelabeledAttempt> all = new ArrayList<>();
    for (int t = 0; t < own.length; t++) {
      String name = id + sample + "." + (t + 1);
      Turn turn = Turn.of(Response.ofText("own " + name), own[t]);
      Attempt attempt = new Attempt(HistoryWindow.latest().state(problem, turns), turn, sample);
      all.add(
          new RelabeledAttempt(
              attempt, new Target(Response.ofText("to " + name), target[t], "test")));
      turns.add(turn.withFeedback("Again."));
    }
    return all;
  }

  private static List<String> kept(Retention retention, List<RelabeledAttempt> all) {
    return retention.keep(all).stream()
        .map(r -> r.target().response().text().substring("to ".length()))
        .toList();
  }

  /** Turns 1 to 4: wrong, right, wrong, right; targets wrong, right, right, half. */
  private static List<RelabeledAttempt> mixed() {
    return episode("a", 0, new double[] {0, 1, 0, 1}, new double[] {0, 1, 1, 0.5});
  }

  @Test
  void theCriteriaOfTheReleasedCode() {
    assertEquals(List.of("a0.1", "a0.2", "a0.3", "a0.4"), kept(Retention.all(), mixed()));
    // Turn 3 follows a right turn, turn 4 a wrong one.
    assertEquals(List.of("a0.1", "a0.2", "a0.4"), kept(Retention.better(), mixed()));
    assertEquals(List.of("a0.1", "a0.2", "a0.3"), kept(Retention.best(), mixed()));
    assertEquals(List.of("a0.2", "a0.3"), kept(Retention.correct(), mixed()));
  }

  @Test
  void equalRewardsTeachNothing() {
    List<RelabeledAttempt> all = new ArrayList<>(mixed());
    all.addAll(episode("solved", 0, new double[] {1, 1}, new double[] {1, 1}));
    all.addAll(episode("failed", 0, new double[] {0, 0}, new double[] {0, 0}));
    all.addAll(episode("helped", 0, new double[] {0, 0}, new double[] {0, 1}));
    assertEquals(
        List.of("a0.1", "a0.2", "a0.3", "a0.4", "helped0.1", "helped0.2"),
        kept(Retention.withoutEqualRewards(), all));
  }

  @Test
  void capsTakeTheFirstTurnsOfTheFirstEpisodes() {
    List<RelabeledAttempt> all = new ArrayList<>();
    all.addAll(episode("a", 1, new double[] {0, 0}, new double[] {1, 1}));
    all.addAll(episode("a", 0, new double[] {0, 0}, new double[] {1, 1}));
    all.addAll(episode("b", 0, new double[] {0}, new double[] {1}));
    assertEquals(List.of("a1.1", "a0.1", "a0.2", "b0.1"), kept(Retention.atMostPerProblem(3), all));
    assertThrows(IllegalArgumentException.class, () -> Retention.atMostPerProblem(0));
  }

  @Test
  void theSameTextInTheSameStateIsLearnedOnce() {
    List<RelabeledAttempt> all = new ArrayList<>();
    for (int sample = 0; sample < 3; sample++) {
      for (RelabeledAttempt r : episode("a", sample, new double[] {0, 0}, new double[] {1, 1})) {
        all.add(
            new RelabeledAttempt(
                r.attempt(), new Target(Response.ofText("to the answer"), 1, "reference")));
      }
    }
    // Three equal first states, but three different second ones.
    assertEquals(4, Retention.withoutDuplicates().keep(all).size());
    assertEquals(
        3, Retention.withoutDuplicates().then(Retention.atMostPerProblem(3)).keep(all).size());
  }

  @Provide
  Arbitrary<List<RelabeledAttempt>> iterations() {
    return Arbitraries.of(0.0, 0.5, 1.0)
        .array(double[].class)
        .ofMinSize(1)
        .ofMaxSize(4)
        .list()
        .ofMaxSize(5)
        .map(
            rewards -> {
              List<RelabeledAttempt> all = new ArrayList<>();
              for (int i = 0; i < rewards.size(); i++) {
                double[] own = rewards.get(i);
                double[] target = rewards.get((i + 1) % rewards.size());
                double[] fitting = new double[own.length];
                for (int t = 0; t < own.length; t++) {
                  fitting[t] = target[t % target.length];
                }
                all.addAll(episode(i % 2 == 0 ? "a" : "b", i / 2, own, fitting));
              }
              return all;
            });
  }

  @Property(tries = 200)
  void theOrderDecidesNothing(@ForAll("iterations") List<RelabeledAttempt> all, @ForAll long seed) {
    List<RelabeledAttempt> permuted = new ArrayList<>(all);
    Collections.shuffle(permuted, new Random(seed));
    for (Retention retention :
        List.of(
            Retention.all(),
            Retention.better(),
            Retention.best(),
            Retention.correct(),
            Retention.withoutEqualRewards(),
            Retention.withoutDuplicates(),
            Retention.atMostPerProblem(2))) {
      assertEquals(
          new HashSet<>(retention.keep(all)),
          new HashSet<>(retention.keep(permuted)),
          retention::toString);
    }
  }
}
