package org.riselm.core.objective;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.api.Test;
import org.riselm.core.mdp.Example;
import org.riselm.core.mdp.Problem;
import org.riselm.core.mdp.Response;
import org.riselm.core.mdp.State;
import org.riselm.core.mdp.Turn;
import org.riselm.core.objective.WeightedExamples.WeightStats;
import org.riselm.core.relabel.Attempt;
import org.riselm.core.relabel.RelabeledAttempt;
import org.riselm.core.relabel.Target;

class ObjectivesTest {
  private static RelabeledAttempt relabeled(String id, int place, double own, double target) {
    return new RelabeledAttempt(
        new Attempt(State.initial(Problem.of(id, "?", "x")), Turn.of(Response.ofText("a"), own), 0),
        new Target(Response.ofText("target " + place), target, "test"));
  }

  @Provide
  Arbitrary<List<RelabeledAttempt>> iterations() {
    Arbitrary<RelabeledAttempt> one =
        Combinators.combine(
                Arbitraries.of("a", "b", "c"),
                Arbitraries.integers().between(0, 1_000_000),
                Arbitraries.doubles().between(0, 1),
                Arbitraries.doubles().between(0, 1))
            .as(ObjectivesTest::relabeled);
    return one.list().ofMinSize(1).ofMaxSize(20);
  }

  private static double[] weights(Objective objective, List<RelabeledAttempt> relabeled) {
    return objective.weigh(relabeled).examples().stream().mapToDouble(Example::weight).toArray();
  }

  @Property
  void ofTheLearnersOwnResponsesTheLogWeightsOfAProblemSumToZero(
      @ForAll("iterations") List<RelabeledAttempt> iteration,
      @ForAll @DoubleRange(min = 0.1, max = 3) double tau) {
    List<RelabeledAttempt> own =
        iteration.stream()
            .map(r -> new RelabeledAttempt(r.attempt(), Target.own(r.attempt())))
            .toList();
    Map<String, Double> sums = new HashMap<>();
    for (Example e : Objectives.rewardWeighted(tau).weigh(own).examples()) {
      sums.merge(e.state().problem().id(), Math.log(e.weight()), Double::sum);
    }
    sums.forEach((id, sum) -> assertEquals(0, sum, 1e-9, id));
  }

  @Property
  void centeringDividesEachProblemByOneFactor(
      @ForAll("iterations") List<RelabeledAttempt> iteration,
      @ForAll @DoubleRange(min = 0.1, max = 3) double tau) {
    double[] centered = weights(Objectives.rewardWeighted(tau), iteration);
    double[] plain = weights(Objectives.uncentered(tau), iteration);
    Map<String, Double> means = new HashMap<>();
    for (String id : List.of("a", "b", "c")) {
      iteration.stream()
          .filter(r -> r.attempt().state().problem().id().equals(id))
          .mapToDouble(r -> r.attempt().turn().reward())
          .average()
          .ifPresent(mean -> means.put(id, mean));
    }
    for (int i = 0; i < centered.length; i++) {
      double factor = Math.exp(means.get(iteration.get(i).attempt().state().problem().id()) / tau);
      assertEquals(plain[i] / factor, centered[i], 1e-9 * centered[i]);
    }
  }

  @Property
  void theOrderOfTheAttemptsDoesNotMatter(
      @ForAll("iterations") List<RelabeledAttempt> iteration, @ForAll long seed) {
    List<RelabeledAttempt> permuted = new ArrayList<>(iteration);
    Collections.shuffle(permuted, new Random(seed));
    WeightedExamples one = Objectives.rewardWeighted(0.4).weigh(iteration);
    WeightedExamples other = Objectives.rewardWeighted(0.4).weigh(permuted);
    assertEquals(sorted(one), sorted(other));
  }

  private static List<String> sorted(WeightedExamples weighted) {
    return weighted.examples().stream()
        .map(e -> e.state().problem().id() + e.response().text() + " " + e.weight())
        .sorted()
        .toList();
  }

  @Property
  void weightsArePositiveAndTheEffectiveSampleSizeIsBounded(
      @ForAll("iterations") List<RelabeledAttempt> iteration) {
    for (Objective objective :
        List.of(Objectives.rewardWeighted(0.4), Objectives.uncentered(0.4), Objectives.uniform())) {
      WeightedExamples weighted = objective.weigh(iteration);
      weighted.examples().forEach(e -> assertTrue(e.weight() > 0));
      WeightStats stats = weighted.stats();
      double slack = 1e-9 * stats.examples();
      assertTrue(stats.effectiveSampleSize() >= 1 - slack, stats::toString);
      assertTrue(stats.effectiveSampleSize() <= stats.examples() + slack, stats::toString);
      assertTrue(stats.min() <= stats.mean() + slack && stats.mean() <= stats.max() + slack);
    }
  }

  @Property
  void equalRewardsWeighOne(
      @ForAll @DoubleRange(min = -1, max = 2) double reward,
      @ForAll @DoubleRange(min = 0.1, max = 3) double tau) {
    List<RelabeledAttempt> equal =
        List.of(
            relabeled("a", 0, reward, reward),
            relabeled("a", 1, reward, reward),
            relabeled("b", 2, reward, reward));
    for (double w : weights(Objectives.rewardWeighted(tau), equal)) {
      assertEquals(1, w, 1e-12);
    }
  }

  @Test
  void theNumbersOfThePaper() {
    // One wrong and one right attempt: r̄ = 1/2, so exp(∓0.5 / 0.4).
    List<RelabeledAttempt> corrected = List.of(relabeled("a", 0, 0, 0), relabeled("a", 1, 1, 1));
    double[] centered = weights(Objectives.rewardWeighted(0.4), corrected);
    assertEquals(0.287, centered[0], 5e-4);
    assertEquals(3.490, centered[1], 5e-4);
    // exp(0 / 0.4) and exp(1 / 0.4).
    double[] plain = weights(Objectives.uncentered(0.4), corrected);
    assertEquals(1, plain[0], 1e-12);
    assertEquals(12.182, plain[1], 5e-4);
    // Two wrong attempts, both relabeled right: exp(1 / 0.5).
    List<RelabeledAttempt> hard = List.of(relabeled("a", 0, 0, 1), relabeled("a", 1, 0, 1));
    assertEquals(7.389, weights(Objectives.rewardWeighted(0.5), hard)[0], 5e-4);
  }

  @Property
  void centeredExponentialsOfTheOwnResponsesSumToZeroByProblem(
      @ForAll("iterations") List<RelabeledAttempt> iteration,
      @ForAll @DoubleRange(min = 0.3, max = 3) double tau) {
    List<RelabeledAttempt> own =
        iteration.stream()
            .map(r -> new RelabeledAttempt(r.attempt(), Target.own(r.attempt())))
            .toList();
    Map<String, Double> sums = new HashMap<>();
    for (Example e : Objectives.centeredExponentials(tau).weigh(own).examples()) {
      sums.merge(e.state().problem().id(), e.weight(), Double::sum);
    }
    sums.forEach((id, sum) -> assertEquals(0, sum, 1e-9, id));
  }

  @Property
  void normalizedWeightsHaveMeanOneAndKeepTheirProportions(
      @ForAll("iterations") List<RelabeledAttempt> iteration) {
    Objective objective = Objectives.centeredExponentials(0.4);
    double[] plain = weights(objective, iteration);
    double[] scaled = weights(Objectives.normalized(objective), iteration);
    double sum = 0;
    for (int i = 0; i < plain.length; i++) {
      sum += Math.abs(scaled[i]);
      assertEquals(plain[i] * Math.abs(scaled[0]), scaled[i] * Math.abs(plain[0]), 1e-6);
    }
    assertTrue(sum == 0 || Math.abs(sum - plain.length) < 1e-6, "sum " + sum);
  }

  @Property
  void clippedWeightsStayBetweenTheirBounds(
      @ForAll("iterations") List<RelabeledAttempt> iteration) {
    Objective objective = Objectives.uncentered(0.4);
    double[] plain = weights(objective, iteration);
    double[] clipped = weights(Objectives.clipped(objective, 2, 5), iteration);
    for (int i = 0; i < plain.length; i++) {
      assertEquals(Math.max(2, Math.min(5, plain[i])), clipped[i], 1e-12);
    }
    assertThrows(IllegalArgumentException.class, () -> Objectives.clipped(objective, 1, 1));
  }

  @Test
  void correctOnlySkipsTheRest() {
    WeightedExamples weighted =
        Objectives.correctOnly().weigh(List.of(relabeled("a", 0, 0, 0), relabeled("a", 1, 0, 1)));
    assertEquals(1, weighted.examples().size());
    assertEquals(1, weighted.skipped());
    assertEquals("target 1", weighted.examples().get(0).response().text());
  }

  @Test
  void failedAndEmptyTargetsAreSkippedAndCounted() {
    RelabeledAttempt good = relabeled("a", 0, 0, 1);
    List<RelabeledAttempt> mixed =
        List.of(
            new RelabeledAttempt(good.attempt(), new Target(Response.failed(), 0, "x")),
            good,
            new RelabeledAttempt(good.attempt(), new Target(Response.ofText(""), 0, "x")));
    WeightedExamples weighted = Objectives.uniform().weigh(mixed);
    assertEquals(1, weighted.examples().size());
    assertEquals(2, weighted.skipped());
    assertEquals(new WeightStats(1, 2, 1, 1, 1, 1), weighted.stats());
  }

  @Test
  void anOddScaleOfRewardsStaysFinite() {
    for (double w :
        weights(
            Objectives.uncentered(0.01),
            List.of(relabeled("a", 0, 0, 1e6), relabeled("a", 1, 0, -1e6)))) {
      assertTrue(Double.isFinite(w) && w > 0);
    }
  }

  @Test
  void nothingWeighsNothing() {
    assertEquals(new WeightStats(0, 0, 0, 0, 0, 0), Objectives.uniform().weigh(List.of()).stats());
  }

  @Test
  void tauMustBeAboveZero() {
    for (double tau : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThrows(IllegalArgumentException.class, () -> Objectives.rewardWeighted(tau));
      assertThrows(IllegalArgumentException.class, () -> Objectives.uncentered(tau));
    }
  }
}
