package org.riselm.core.objective;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.api.Test;
import org.riselm.core.mdp.Example;
import org.riselm.core.mdp.HistoryWindow;
import org.riselm.core.mdp.Problem;
import org.riselm.core.mdp.Response;
import org.riselm.core.mdp.Response.FinishReason;
import org.riselm.core.mdp.State;
import org.riselm.core.mdp.Tokens;
import org.riselm.core.mdp.Turn;
import org.riselm.core.objective.PolicyGradient.Baseline;
import org.riselm.core.policy.Completion;
import org.riselm.core.policy.LogProbabilities;
import org.riselm.core.policy.ProgressListener;
import org.riselm.core.policy.Query;
import org.riselm.core.policy.SamplingOptions;
import org.riselm.core.policy.ScoringPolicy;
import org.riselm.core.policy.TablePolicy;
import org.riselm.core.policy.TrainingOptions;
import org.riselm.core.policy.TrainingRequest.LossNormalization;
import org.riselm.core.relabel.Attempt;
import org.riselm.core.relabel.RelabeledAttempt;
import org.riselm.core.relabel.Target;

class PolicyGradientTest {
  private static final PolicyGradient PLAIN = PolicyGradient.of(Baseline.NONE);

  /** The attempts of one episode with these rewards; its responses say where they are from. */
  private static List<RelabeledAttempt> episode(String id, int sample, double... rewards) {
    Problem problem = Problem.of(id, "?", "x");
    List<Turn> turns = new ArrayList<>();
    List<RelabeledAttempt> attempts = new ArrayList<>();
    for (double reward : rewards) {
      String text = "%s, sample %d, turn %d".formatted(id, sample, turns.size() + 1);
      Turn turn = Turn.of(new Response(text, Tokens.of(1, 2), FinishReason.STOP), reward);
      State state = HistoryWindow.latest().state(problem, turns);
      Attempt attempt = new Attempt(state, turn, sample);
      attempts.add(new RelabeledAttempt(attempt, Target.own(attempt)));
      turns.add(turn.withFeedback("Again."));
    }
    return attempts;
  }

  private static double[] weights(Objective objective, List<RelabeledAttempt> attempts) {
    return objective.weigh(attempts).examples().stream().mapToDouble(Example::weight).toArray();
  }

  @Test
  void reinforceWeighsByReturn() {
    List<RelabeledAttempt> one = episode("a", 0, 0, 1, 1);
    assertArrayEquals(new double[] {0, 1, 1}, weights(PLAIN, one));
    // 0 + ½·(1 + ½·1), 1 + ½·1, 1
    assertArrayEquals(
        new double[] {0.75, 1.5, 1}, weights(PLAIN.toBuilder().discount(0.5).build(), one));
  }

  @Test
  void theProgressBonusPaysForTheChange() {
    PolicyGradient bonus = PLAIN.toBuilder().progressBonus(10).build();
    assertArrayEquals(new double[] {0, 11, 1}, weights(bonus, episode("a", 0, 0, 1, 1)));
    assertArrayEquals(new double[] {1, -10}, weights(bonus, episode("a", 0, 1, 0)));
    assertArrayEquals(
        new double[] {0, 1},
        weights(PLAIN.toBuilder().firstTurnRewarded(false).build(), episode("a", 0, 1, 1)));
  }

  @Test
  void groupsAreTheSameTurnOfOneProblem() {
    List<RelabeledAttempt> all = new ArrayList<>();
    all.addAll(episode("a", 0, 0, 1));
    all.addAll(episode("a", 1, 1, 1));
    all.addAll(episode("a", 2, 1));
    all.addAll(episode("b", 0, 1));
    double[] mean = weights(PolicyGradient.of(Baseline.GROUP_MEAN), all);
    assertArrayEquals(new double[] {-2 / 3.0, 0, 1 / 3.0, 0, 1 / 3.0, 0}, mean, 1e-12);
    double[] others = weights(PolicyGradient.of(Baseline.LEAVE_ONE_OUT), all);
    assertArrayEquals(new double[] {-1, 0, 0.5, 0, 0.5, 1}, others, 1e-12);
    double[] scaled =
        weights(PolicyGradient.builder(Baseline.GROUP_MEAN).standardized(true).build(), all);
    double spread = Math.sqrt(2) / 3;
    assertArrayEquals(
        new double[] {-2 / 3.0 / spread, 0, 1 / 3.0 / spread, 0, 1 / 3.0 / spread, 0},
        scaled,
        1e-9);
  }

  @Provide
  Arbitrary<List<RelabeledAttempt>> iterations() {
    Arbitrary<List<Double>> rewards =
        Arbitraries.doubles().between(-1, 1).list().ofMinSize(1).ofMaxSize(4);
    return rewards
        .list()
        .ofMinSize(1)
        .ofMaxSize(6)
        .map(
            episodes -> {
              List<RelabeledAttempt> all = new ArrayList<>();
              for (int i = 0; i < episodes.size(); i++) {
                double[] r = episodes.get(i).stream().mapToDouble(Double::doubleValue).toArray();
                all.addAll(episode(i % 2 == 0 ? "a" : "b", i / 2, r));
              }
              return all;
            });
  }

  @Property
  void theGroupMeanLeavesAdvantagesThatSumToZero(
      @ForAll("iterations") List<RelabeledAttempt> all,
      @ForAll @DoubleRange(min = 0, max = 1) double discount) {
    PolicyGradient objective =
        PolicyGradient.builder(Baseline.GROUP_MEAN).discount(discount).progressBonus(2).build();
    Map<String, Double> sums = new HashMap<>();
    for (Example e : objective.weigh(all).examples()) {
      sums.merge(e.state().problem().id() + e.state().turn(), e.weight(), Double::sum);
    }
    sums.forEach((group, sum) -> assertEquals(0, sum, 1e-9, group));
  }

  @Property
  void theOrderOfTheAttemptsDoesNotMatter(
      @ForAll("iterations") List<RelabeledAttempt> all,
      @ForAll Baseline baseline,
      @ForAll long seed) {
    PolicyGradient objective =
        PolicyGradient.builder(baseline)
            .standardized(true)
            .discount(0.5)
            .progressBonus(10)
            .penalty(KlPenalty.of(0.2, scorer(-1, -2), scorer(-2, -1)).atFirstTurn(0.1))
            .build();
    List<RelabeledAttempt> permuted = new ArrayList<>(all);
    Collections.shuffle(permuted, new Random(seed));
    assertEquals(byResponse(objective.weigh(all)), byResponse(objective.weigh(permuted)));
  }

  private static Map<String, String> byResponse(WeightedExamples weighted) {
    Map<String, String> weights = new HashMap<>();
    weighted.examples().forEach(e -> weights.put(e.response().text(), e.weights().toString()));
    return weights;
  }

  /** Gives every response these log-probabilities. */
  private static ScoringPolicy scorer(double... logs) {
    return new ScoringPolicy() {
      @Override
      public List<LogProbabilities> logProbabilities(List<Example> examples) {
        return examples.stream().map(e -> LogProbabilities.of(logs)).toList();
      }

      @Override
      public List<Completion> complete(
          List<Query> queries, SamplingOptions sampling, ProgressListener progress) {
        throw new UnsupportedOperationException();
      }
    };
  }

  @Test
  void aTokenPaysForItselfAndWhatFollows() {
    // ln π − ln π_ref is 1 and −3.
    KlPenalty penalty = KlPenalty.of(0.1, scorer(-1, -4), scorer(-2, -1)).atFirstTurn(0.5);
    List<Example> weighed =
        PLAIN.toBuilder().penalty(penalty).build().weigh(episode("a", 0, 1, 0)).examples();
    assertArrayEquals(
        new double[] {1 - 0.5 * (1 - 3), 1 + 0.5 * 3}, weighed.get(0).weights().toArray(), 1e-12);
    assertArrayEquals(
        new double[] {0 - 0.1 * (1 - 3), 0.1 * 3}, weighed.get(1).weights().toArray(), 1e-12);
    // A discounted turn answers for the cost of the later ones: γ·(G_2 − k_2), k_2 = 0.1·(1 − 3).
    double first =
        PLAIN.toBuilder()
            .penalty(penalty)
            .discount(0.5)
            .build()
            .weigh(episode("a", 0, 1, 0))
            .examples()
            .get(0)
            .weights()
            .get(0);
    assertEquals(1 + 0.5 * 0.2 - 0.5 * (1 - 3), first, 1e-12);
  }

  @Test
  void tokensThatDoNotLineUpAreNamed() {
    PolicyGradient objective =
        PLAIN.toBuilder().penalty(KlPenalty.of(1, scorer(-1), scorer(-1, -1))).build();
    String message =
        assertThrows(IllegalArgumentException.class, () -> objective.weigh(episode("odd", 0, 1)))
            .getMessage();
    assertTrue(message.contains("odd") && message.contains("the learner scores 1"), message);
  }

  private static final List<String> WORDS = List.of("red", "green", "blue", "grey");

  /** The mean of w·∇ln π over many samples, against the derivative of the exact expectation. */
  @Test
  void theMeanOfTheWeightsIsTheGradientOfRewardLessPenalty() {
    State state = State.initial(Problem.of("a", "color", "x"));
    Map<String, Double> rewards = Map.of("red", 1.0, "green", 0.0, "blue", 0.5, "grey", -1.0);
    TablePolicy learner = new TablePolicy(WORDS, s -> "k");
    learner.train(
        List.of(new Example(state, Response.ofText("green"), 1)),
        TrainingOptions.builder().learningRate(1).steps(1).build(),
        ProgressListener.NONE);
    TablePolicy reference = new TablePolicy(WORDS, s -> "k");
    double beta = 0.7;
    int draws = 40_000;
    List<Query> queries =
        LongStream.range(0, draws).mapToObj(seed -> new Query(state, seed)).toList();
    List<RelabeledAttempt> attempts = new ArrayList<>();
    for (Completion c : learner.complete(queries, SamplingOptions.ofMaxNewTokens(1))) {
      Turn turn = Turn.of(c.response(), rewards.get(c.response().text()));
      Attempt attempt = new Attempt(state, turn, attempts.size());
      attempts.add(new RelabeledAttempt(attempt, Target.own(attempt)));
    }
    WeightedExamples weighted =
        PolicyGradient.builder(Baseline.GROUP_MEAN)
            .penalty(KlPenalty.of(beta, learner, reference))
            .build()
            .weigh(attempts);
    assertEquals(LossNormalization.BY_TOKEN, weighted.normalization());
    double[] p = WORDS.stream().mapToDouble(w -> learner.probability(state, w)).toArray();
    double[] estimated = new double[p.length];
    for (Example e : weighted.examples()) {
      int said = WORDS.indexOf(e.response().text());
      for (int i = 0; i < p.length; i++) {
        estimated[i] += e.weight() * ((i == said ? 1 : 0) - p[i]) / draws;
      }
    }
    for (int i = 0; i < p.length; i++) {
      double h = 1e-5;
      double slope = (value(p, i, h, rewards, beta) - value(p, i, -h, rewards, beta)) / (2 * h);
      assertEquals(slope, estimated[i], 0.015, WORDS.get(i));
    }
  }

  /** E[r] − β·KL(π ‖ uniform) after the logit of word {@code moved} moves by {@code by}. */
  private static double value(
      double[] p, int moved, double by, Map<String, Double> rewards, double beta) {
    double total = 0;
    double[] q = p.clone();
    q[moved] *= Math.exp(by);
    for (double x : q) {
      total += x;
    }
    double value = 0;
    for (int i = 0; i < q.length; i++) {
      q[i] /= total;
      value += q[i] * (rewards.get(WORDS.get(i)) - beta * Math.log(q[i] * WORDS.size()));
    }
    return value;
  }

  @Test
  void theStagesOfScoreHaveItsConstants() {
    TablePolicy learner = new TablePolicy(WORDS, s -> "k");
    PolicyGradient one = Objectives.scoreStageOne(learner, learner);
    List<RelabeledAttempt> pair = new ArrayList<>(PolicyGradientTest.episode("a", 0, 1, 0));
    assertEquals(0.1, one.penalty().orElseThrow().beta(1));
    assertEquals(0.01, one.penalty().orElseThrow().beta(2));
    assertTrue(!one.firstTurnRewarded() && one.onPolicy());
    PolicyGradient two = Objectives.scoreStageTwo(learner, learner);
    assertEquals(0.01, two.penalty().orElseThrow().beta(1));
    assertEquals(10, two.progressBonus());
    assertEquals(0, two.discount());
    // Without the penalty, which is 0 for a policy that is its own reference: 0 − 10·1.
    assertArrayEquals(new double[] {1, -10}, weights(noPenalty(two), pair));
  }

  private static PolicyGradient noPenalty(PolicyGradient p) {
    return PolicyGradient.builder(p.baseline())
        .progressBonus(p.progressBonus())
        .discount(p.discount())
        .build();
  }

  @Test
  void settingsOutOfRangeAreNamed() {
    assertThrows(IllegalArgumentException.class, () -> PLAIN.toBuilder().discount(1.5).build());
    assertThrows(IllegalArgumentException.class, () -> PLAIN.toBuilder().progressBonus(-1).build());
    assertThrows(
        IllegalArgumentException.class,
        () -> KlPenalty.of(0, scorer(-1), scorer(-1)).atFirstTurn(-0.1));
  }
}
