package org.riselm.core.policy;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.riselm.core.mdp.Example;
import org.riselm.core.mdp.Response;
import org.riselm.core.mdp.Response.FinishReason;
import org.riselm.core.mdp.State;
import org.riselm.core.mdp.TokenWeights;
import org.riselm.core.policy.TrainingRequest.LossNormalization;

/** What every {@link TrainablePolicy} owes its callers, on top of {@link PolicyContract}. */
public abstract class TrainablePolicyContract extends PolicyContract {
  private static final SamplingOptions GREEDY = SamplingOptions.greedy(MAX_NEW_TOKENS);

  @TempDir Path temp;

  @Override
  protected abstract TrainablePolicy createPolicy() throws Exception;

  /** Settings under which {@link #examples} are learned by heart within a second or two. */
  protected abstract TrainingOptions training();

  /** A few examples of weight 1, of distinct states and at most 8 tokens, that can be learned. */
  protected abstract List<Example> examples();

  /** An example that {@link TrainablePolicy#train} must refuse. */
  protected abstract Example invalidExample();

  private TrainablePolicy trainable() {
    return (TrainablePolicy) policy();
  }

  private List<Response> answers(Policy policy) {
    return Stream.concat(
            policy.complete(queries(), SamplingOptions.ofMaxNewTokens(MAX_NEW_TOKENS)).stream(),
            policy.complete(queries(), GREEDY).stream())
        .map(Completion::response)
        .toList();
  }

  @Test
  void learnsItsExamplesByHeart() {
    List<Integer> steps = new ArrayList<>();
    TrainingSummary summary =
        trainable().train(examples(), training(), e -> steps.add((int) e.done()));
    for (Example e : examples()) {
      Completion said = policy().complete(List.of(new Query(e.state(), 0)), GREEDY).get(0);
      assertEquals(e.response().text(), said.response().text());
    }
    assertTrue(summary.lastLoss() < summary.firstLoss(), summary::toString);
    assertEquals(examples().size(), summary.examples());
    assertEquals(summary.steps(), steps.size());
    assertEquals(summary.steps(), steps.get(steps.size() - 1));
    assertTrue(summary.targetTokens() > 0 && summary.targetTokens() <= summary.tokens());
  }

  @Test
  void learnsTheHeavierOfTwoResponses() {
    State state = examples().get(0).state();
    Response heavy = examples().get(0).response();
    Response light = examples().get(1).response();
    assertNotEquals(heavy.text(), light.text(), "the first two examples must differ");
    trainable()
        .train(
            List.of(new Example(state, heavy, 4), new Example(state, light, 1)),
            training(),
            ProgressListener.NONE);
    Completion said = policy().complete(List.of(new Query(state, 0)), GREEDY).get(0);
    assertEquals(heavy.text(), said.response().text());
  }

  /** Of policies that score: what is trained, what is scored and what is sampled are one thing. */
  @Test
  void theFirstLossIsTheWeightedSumOfTheLogProbabilities() {
    assumeTrue(policy() instanceof ScoringPolicy, "the policy does not score");
    List<Completion> sampled =
        policy().complete(queries(), SamplingOptions.ofMaxNewTokens(MAX_NEW_TOKENS)).stream()
            .filter(c -> c.response().finish() == FinishReason.STOP)
            .toList();
    List<Example> signed = new ArrayList<>();
    for (int i = 0; i < sampled.size(); i++) {
      Response response = sampled.get(i).response();
      double[] weights = new double[response.tokens().size()];
      for (int t = 0; t < weights.length; t++) {
        weights[t] = (i + 1) * (t % 2 == 0 ? 0.5 : -0.75) * (i % 3 == 0 ? -1 : 1);
      }
      signed.add(new Example(queries().get(i).state(), response, TokenWeights.of(weights)));
    }
    assumeTrue(!signed.isEmpty(), "no response ended by itself");
    List<LogProbabilities> logs = ((ScoringPolicy) policy()).logProbabilities(signed);
    double sum = 0;
    double total = 0;
    double tokens = 0;
    for (int i = 0; i < signed.size(); i++) {
      assertEquals(signed.get(i).weights().size(), logs.get(i).size());
      for (int t = 0; t < logs.get(i).size(); t++) {
        sum -= signed.get(i).weights().get(t) * logs.get(i).get(t);
        total += Math.abs(signed.get(i).weights().get(t));
        tokens++;
      }
    }
    for (LossNormalization over : LossNormalization.values()) {
      List<Double> losses = new ArrayList<>();
      trainable()
          .train(
              signed,
              TrainingRequest.of(
                      training().toBuilder()
                          .steps(1)
                          .batchSize(signed.size())
                          .learningRate(1e-12)
                          .weightDecay(0)
                          .build(),
                      trainable())
                  .withNormalization(over),
              e -> losses.add(e.loss()));
      double expected = sum / (over == LossNormalization.BY_WEIGHT ? total : tokens);
      assertEquals(expected, losses.get(0), 1e-3 * Math.max(1, Math.abs(expected)));
    }
  }

  @Test
  void tellsWhatItCanTake() {
    examples().forEach(e -> assertTrue(trainable().fits(e)));
    assertFalse(trainable().fits(invalidExample()));
  }

  @Test
  void weightZeroTeachesNothing() {
    TrainingOptions plain = training().toBuilder().weightDecay(0).build();
    List<Response> before = answers(policy());
    List<Example> zeros =
        examples().stream().map(e -> new Example(e.state(), e.response(), 0)).toList();
    trainable().train(zeros, plain, ProgressListener.NONE);
    assertEquals(before, answers(policy()));
  }

  @Test
  void restoreTakesBackWhatSaveWrote() throws Exception {
    trainable().train(examples(), training(), ProgressListener.NONE);
    List<Response> trained = answers(policy());
    trainable().save(temp.resolve("saved"));
    TrainablePolicy other = createPolicy();
    try {
      assertNotEquals(trained, answers(other), "an untrained policy answers as a trained one");
      other.restore(temp.resolve("saved"));
      assertEquals(trained, answers(other));
      other.save(temp.resolve("again"));
      assertEquals(bytes(temp.resolve("saved")), bytes(temp.resolve("again")));
    } finally {
      if (other instanceof AutoCloseable closeable) {
        closeable.close();
      }
    }
  }

  @Test
  void theSameSeedGivesTheSameBytes() throws Exception {
    for (String run : List.of("first", "second")) {
      TrainablePolicy policy = createPolicy();
      try {
        policy.train(examples(), training(), ProgressListener.NONE);
        policy.save(temp.resolve(run));
      } finally {
        if (policy instanceof AutoCloseable closeable) {
          closeable.close();
        }
      }
    }
    assertEquals(bytes(temp.resolve("first")), bytes(temp.resolve("second")));
  }

  @Test
  void aTrainingGoesOnFromAnyPointToTheSameBytes() throws Exception {
    TrainingRequest training =
        TrainingRequest.of(training().toBuilder().steps(9).build(), trainable());
    PointsAtEveryStep kept = new PointsAtEveryStep(temp.resolve("points"));
    TrainingSummary whole = trainable().train(examples(), training, ProgressListener.NONE, kept);
    trainable().save(temp.resolve("whole"));
    assertEquals(8, kept.count(), "a point after every step but the last");
    for (int at : List.of(0, 4, 7)) {
      List<Integer> told = new ArrayList<>();
      TrainablePolicy other = createPolicy();
      try {
        TrainingSummary resumed =
            other.train(examples(), training, e -> told.add((int) e.done()), kept.lastAt(at));
        assertEquals(List.of(1, 2, 3, 4, 5, 6, 7, 8, 9), told);
        assertEquals(withoutTime(whole), withoutTime(resumed));
        other.save(temp.resolve("resumed-" + at));
      } finally {
        if (other instanceof AutoCloseable closeable) {
          closeable.close();
        }
      }
      assertEquals(bytes(temp.resolve("whole")), bytes(temp.resolve("resumed-" + at)));
    }
  }

  private static TrainingSummary withoutTime(TrainingSummary s) {
    return new TrainingSummary(
        s.examples(),
        s.steps(),
        s.skipped(),
        s.tokens(),
        s.targetTokens(),
        s.firstLoss(),
        s.lastLoss(),
        0);
  }

  /** Two responses to one state. */
  private List<Example> contradiction() {
    return List.of(
        new Example(examples().get(0).state(), examples().get(0).response(), 4),
        new Example(examples().get(0).state(), examples().get(1).response(), 1));
  }

  /** A rate that ruins the parameters at the first step, so that the next loss is not finite. */
  private TrainingOptions ruinous(TrainingOptions.NonFinite nonFinite) {
    return training().toBuilder()
        .learningRate(1e300)
        .schedule(TrainingOptions.Schedule.CONSTANT)
        .warmupSteps(0)
        .maxGradientNorm(0)
        .steps(5)
        .nonFinite(nonFinite)
        .build();
  }

  @Test
  void aLossThatIsNotFiniteStopsATrainingAndNamesTheStep() {
    ArithmeticException e =
        assertThrows(
            ArithmeticException.class,
            () ->
                trainable()
                    .train(
                        contradiction(),
                        ruinous(TrainingOptions.NonFinite.STOP),
                        ProgressListener.NONE));
    assertTrue(e.getMessage().startsWith("training step "), e::getMessage);
  }

  @Test
  void aLossThatIsNotFiniteSkipsTheStepIfAskedTo() {
    List<Boolean> skipped = new ArrayList<>();
    TrainingSummary summary =
        trainable()
            .train(
                contradiction(),
                ruinous(TrainingOptions.NonFinite.SKIP),
                e -> skipped.add(requireNonNull(e.step()).skipped()));
    assertEquals(5, skipped.size());
    assertFalse(skipped.get(0));
    assertEquals(Collections.frequency(skipped, true), summary.skipped());
    assertTrue(summary.skipped() > 0, summary::toString);
    assertEquals(5, summary.steps());
  }

  @Test
  void saveTakesAnEmptyFolder() throws Exception {
    Path folder = Files.createDirectory(temp.resolve("empty"));
    trainable().save(folder);
    assertTrue(!bytes(folder).isEmpty());
  }

  @Test
  void saveRefusesAFolderThatIsNotEmpty() throws Exception {
    Path folder = Files.createDirectory(temp.resolve("taken"));
    Path file = Files.writeString(folder.resolve("precious.txt"), "keep me");
    IOException e = assertThrows(IOException.class, () -> trainable().save(folder));
    assertTrue(e.getMessage().contains("taken"), e::getMessage);
    assertEquals("keep me", Files.readString(file));
    assertEquals(1, bytes(folder).size());
  }

  @Test
  void restoreNamesTheFileThatIsMissing() {
    List<Response> before = answers(policy());
    IOException e =
        assertThrows(IOException.class, () -> trainable().restore(temp.resolve("nowhere")));
    assertTrue(e.getMessage().contains("nowhere"), e::getMessage);
    assertEquals(before, answers(policy()));
  }

  @Test
  void anInvalidExampleThrowsAndNothingIsLearned() {
    List<Response> before = answers(policy());
    List<Example> examples = new ArrayList<>(Collections.nCopies(40, examples().get(0)));
    examples.add(invalidExample());
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () -> trainable().train(examples, training(), ProgressListener.NONE));
    assertTrue(
        e.getMessage().contains(invalidExample().state().problem().id()), () -> e.getMessage());
    assertEquals(before, answers(policy()));
  }

  @Test
  void noExamplesAreRefused() {
    assertThrows(
        IllegalArgumentException.class,
        () -> trainable().train(List.of(), training(), ProgressListener.NONE));
  }

  /** What is in {@code folder}: the hash of each file's bytes, by its path. */
  private static Map<String, Integer> bytes(Path folder) throws IOException {
    Map<String, Integer> files = new TreeMap<>();
    try (Stream<Path> paths = Files.walk(folder)) {
      for (Path path : paths.filter(Files::isRegularFile).toList()) {
        files.put(
            folder.relativize(path).toString(),
            java.util.Arrays.hashCode(Files.readAllBytes(path)));
      }
    }
    return files;
  }
}
