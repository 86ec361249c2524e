package org.riselm.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.riselm.core.mdp.Example;
import org.riselm.core.mdp.Response;
import org.riselm.core.policy.Completion;
import org.riselm.core.policy.LogProbabilities;
import org.riselm.core.policy.ProgressListener;
import org.riselm.core.policy.Query;
import org.riselm.core.policy.SamplingOptions;
import org.riselm.core.policy.TrainingOptions;
import org.riselm.onnx.OnnxPolicy;

class SparkPolicyTest {
  private static final SamplingOptions SAMPLING =
      SamplingOptions.builder().maxNewTokens(8).logProbabilities(true).build();

  @RegisterExtension static final Local SPARK = new Local();

  @TempDir Path folder;
  private PolicyFactory factory;
  private Path tokenizer;

  @BeforeEach
  void write() {
    tokenizer = Tiny.tokenizer(folder);
    factory = Tiny.factory(tokenizer);
  }

  private SparkPolicy spark(int queriesPerTask) throws IOException {
    return SparkPolicy.builder(SPARK.context(), factory).queriesPerTask(queriesPerTask).build();
  }

  @Test
  void completionsAreThoseOfThePolicyAloneHoweverTheyAreCut() throws IOException {
    List<Query> queries = Tiny.queries(70);
    List<Completion> alone;
    try (OnnxPolicy policy = Tiny.open(tokenizer.toString(), 1)) {
      alone = policy.complete(queries, SAMPLING);
    }
    for (int perTask : new int[] {1, 7, 64}) {
      try (SparkPolicy policy = spark(perTask)) {
        assertEquals(alone, policy.complete(queries, SAMPLING), perTask + " in a task");
      }
    }
  }

  @Test
  void whatTheDriverLearnedTheExecutorsHave() throws IOException {
    List<Query> queries = Tiny.queries(20);
    List<Example> examples =
        List.of(
            new Example(Tiny.state("sky"), Response.ofText("blue"), 1),
            new Example(Tiny.state("fog"), Response.ofText("gold"), -0.5));
    TrainingOptions training = TrainingOptions.builder().learningRate(0.01).steps(5).build();
    try (SparkPolicy policy = spark(4);
        OnnxPolicy alone = Tiny.open(tokenizer.toString(), 1)) {
      List<Completion> before = policy.complete(queries, SAMPLING);
      policy.train(examples, training, ProgressListener.NONE);
      alone.train(examples, training, ProgressListener.NONE);

      assertEquals(alone.complete(queries, SAMPLING), policy.complete(queries, SAMPLING));
      assertEquals(alone.logProbabilities(examples), policy.logProbabilities(examples));

      try (OnnxPolicy fresh = Tiny.open(tokenizer.toString(), 1)) {
        fresh.save(folder.resolve("fresh"));
      }
      policy.restore(folder.resolve("fresh"));
      assertEquals(before, policy.complete(queries, SAMPLING));
    }
  }

  @Test
  void parametersCanTravelThroughASharedFolder() throws IOException {
    try (SparkPolicy direct = spark(8)) {
      List<Completion> expected = direct.complete(Tiny.queries(10), SAMPLING);
      direct.close();
      try (SparkPolicy policy =
          SparkPolicy.builder(SPARK.context(), factory).sharedFolder(folder).build()) {
        assertEquals(expected, policy.complete(Tiny.queries(10), SAMPLING));
        assertTrue(folder.resolve("parameters-1").toFile().isDirectory());
      }
      assertTrue(!folder.resolve("parameters-1").toFile().exists());
    }
  }

  @Test
  void whatAnExecutorLacksIsNamed() throws IOException {
    String missing = folder.resolve("elsewhere.json").toString();
    String here = tokenizer.toString();
    PolicyFactory onlyInTheDriver =
        slot ->
            Tiny.open(Thread.currentThread().getName().equals(driverName()) ? here : missing, 1);
    try (SparkPolicy policy = SparkPolicy.builder(SPARK.context(), onlyInTheDriver).build()) {
      IllegalStateException e =
          assertThrows(
              IllegalStateException.class, () -> policy.complete(Tiny.queries(4), SAMPLING));
      assertTrue(e.getMessage().contains("executor driver"), e.getMessage());
      assertTrue(e.getMessage().contains("elsewhere.json"), e.getMessage());
    }
  }

  private static String driverName() {
    return "main";
  }

  @Test
  void twoPoliciesTakeTurns() throws IOException {
    try (SparkPolicy first = spark(8);
        SparkPolicy second = spark(8)) {
      List<Completion> expected = first.complete(Tiny.queries(4), SAMPLING);
      assertEquals(expected, second.complete(Tiny.queries(4), SAMPLING));
      assertEquals(expected, first.complete(Tiny.queries(4), SAMPLING));
    }
  }

  @Test
  void twoPoliciesAtOnceAreRefused() throws Exception {
    String file = tokenizer.toString();
    PolicyFactory slow = slot -> new Hooked(Tiny.open(file, 1), queries -> Hooked.pause());
    try (SparkPolicy first = SparkPolicy.builder(SPARK.context(), slow).build();
        SparkPolicy second = spark(8)) {
      CompletableFuture<List<Completion>> running =
          CompletableFuture.supplyAsync(() -> first.complete(Tiny.queries(1), SAMPLING));
      Hooked.PAUSED.await();
      IllegalStateException e =
          assertThrows(
              IllegalStateException.class, () -> second.complete(Tiny.queries(1), SAMPLING));
      Hooked.GO_ON.countDown();
      assertTrue(e.getMessage().contains("another SparkPolicy"), e.getMessage());
      assertEquals(1, running.get().size());
    }
  }

  @Test
  void aClosedPolicySaysSo() throws IOException {
    SparkPolicy policy = spark(8);
    policy.close();
    policy.close();
    assertThrows(IllegalStateException.class, () -> policy.complete(Tiny.queries(1), SAMPLING));
    assertThrows(IllegalStateException.class, policy::driver);
  }

  @Test
  void everySliceIsHeardOfWithItsTokensWhileOthersAreStillToCome() throws IOException {
    List<Query> queries = Tiny.queries(12);
    List<Long> done = new ArrayList<>();
    List<Long> tokens = new ArrayList<>();
    List<Completion> completions;
    try (SparkPolicy policy = spark(3)) {
      completions =
          policy.complete(
              queries,
              SAMPLING,
              e -> {
                done.add(e.done());
                tokens.add(e.tokens());
              });
    }
    assertTrue(done.containsAll(List.of(3L, 6L, 9L, 12L)), done::toString);
    assertEquals(tokens.stream().sorted().toList(), tokens);
    long sampled = completions.stream().mapToLong(c -> c.response().tokens().size()).sum();
    assertEquals(sampled, tokens.get(tokens.size() - 1));
    assertTrue(tokens.get(done.indexOf(3L)) < sampled, tokens::toString);
  }

  @Test
  void anInterruptStopsTheExecutorsAndTheNextCallIsAsEver() throws Exception {
    SamplingOptions endless = SAMPLING.toBuilder().maxNewTokens(20).build();
    try (SparkPolicy policy = spark(16)) {
      List<Completion> expected = policy.complete(Tiny.queries(8), SAMPLING);
      Thread caller = Thread.currentThread();
      CancellationException stopped =
          assertThrows(
              CancellationException.class,
              () ->
                  policy.complete(
                      Tiny.queries(20_000),
                      endless,
                      e -> {
                        if (e.done() > 0) {
                          caller.interrupt();
                        }
                      }));
      assertTrue(Thread.interrupted(), stopped::toString);
      assertEquals(expected, policy.complete(Tiny.queries(8), SAMPLING));
    }
  }

  @Test
  void aFactoryThatCannotTravelIsRefusedWithItsReason() throws IOException {
    Object notSerializable = new Object();
    PolicyFactory capturing =
        slot -> Tiny.open(notSerializable.hashCode() == 0 ? "" : tokenizer.toString(), 1);
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () -> SparkPolicy.builder(SPARK.context(), capturing).build());
    assertTrue(e.getMessage().contains("factory"), e.getMessage());
  }

  @Test
  void scoresAreThoseOfThePolicyAlone() throws IOException {
    List<Example> examples =
        List.of(
            new Example(Tiny.state("sky"), Response.ofText("blue red"), 1),
            new Example(Tiny.state("fog", "red"), Response.ofText("gold"), 1));
    try (SparkPolicy policy = spark(1);
        OnnxPolicy alone = Tiny.open(tokenizer.toString(), 1)) {
      List<LogProbabilities> expected = alone.logProbabilities(examples);
      assertEquals(expected, policy.logProbabilities(examples));
      Example tooLong =
          new Example(Tiny.state("sky"), Response.ofText("red ".repeat(40).strip()), 1);
      IllegalArgumentException e =
          assertThrows(
              IllegalArgumentException.class, () -> policy.logProbabilities(List.of(tooLong)));
      assertTrue(e.getMessage().contains("sky"), e.getMessage());
    }
  }
}
