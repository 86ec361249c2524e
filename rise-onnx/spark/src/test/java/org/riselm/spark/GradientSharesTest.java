package org.riselm.spark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.riselm.core.mdp.Example;
import org.riselm.core.mdp.Response;
import org.riselm.core.policy.ProgressListener;
import org.riselm.core.policy.Query;
import org.riselm.core.policy.SamplingOptions;
import org.riselm.core.policy.TrainablePolicy;
import org.riselm.core.policy.TrainablePolicy.DataParallel.Gradient;
import org.riselm.core.policy.TrainablePolicy.DataParallel.Share;
import org.riselm.core.policy.TrainablePolicy.DataParallel.Workers;
import org.riselm.core.policy.TrainingOptions;
import org.riselm.core.policy.TrainingRequest;
import org.riselm.core.policy.spi.TrainingCheckpoints;
import org.riselm.onnx.OnnxPolicy;

/** Trainings whose gradients executors compute. */
class GradientSharesTest {
  private static final List<Example> EXAMPLES =
      List.of(
          new Example(Tiny.state("sky"), Response.ofText("blue"), 1),
          new Example(Tiny.state("grass rose"), Response.ofText("green red"), 1),
          new Example(Tiny.state("fog", "red"), Response.ofText("gold gold"), -0.5),
          new Example(Tiny.state("rose", "green", "fog"), Response.ofText("red"), 1));
  private static final TrainingOptions TRAINING =
      TrainingOptions.builder().learningRate(0.01).steps(6).batchSize(4).build();

  @RegisterExtension static final Local SPARK = new Local();

  @TempDir Path folder;

  static void train(TrainablePolicy policy, ProgressListener progress) {
    policy.train(EXAMPLES, TRAINING, progress);
  }

  /** What a training in this process ends with, whose gradients a second policy computes. */
  static float[] trainedLocally(Path tokenizer, int shares) throws IOException {
    try (OnnxPolicy driver = Tiny.open(tokenizer.toString(), 1);
        OnnxPolicy worker = Tiny.open(tokenizer.toString(), 2)) {
      driver.train(
          EXAMPLES,
          TrainingRequest.of(TRAINING, driver),
          ProgressListener.NONE,
          TrainingCheckpoints.NONE,
          new Workers() {
            @Override
            public int shares() {
              return shares;
            }

            @Override
            public List<Gradient> gradients(float[] parameters, List<Share> ofStep) {
              return ofStep.stream().map(s -> worker.gradient(parameters, s)).toList();
            }
          });
      return parameters(driver);
    }
  }

  /** What a policy has learned, as its next training would start from. */
  static float[] parameters(TrainablePolicy policy) {
    float[][] seen = new float[1][];
    Workers looking =
        new Workers() {
          @Override
          public int shares() {
            return 1;
          }

          @Override
          public List<Gradient> gradients(float[] parameters, List<Share> shares) {
            seen[0] = parameters;
            throw new ArithmeticException("seen");
          }
        };
    OnnxPolicy onnx = (OnnxPolicy) policy;
    assertThrows(
        ArithmeticException.class,
        () ->
            onnx.train(
                EXAMPLES,
                TrainingRequest.of(TRAINING, onnx),
                ProgressListener.NONE,
                TrainingCheckpoints.NONE,
                looking));
    return seen[0];
  }

  private SparkPolicy spark(Path tokenizer, int shares) throws IOException {
    return SparkPolicy.builder(SPARK.context(), Tiny.factory(tokenizer))
        .gradientShares(shares)
        .build();
  }

  @Test
  void sharesOnExecutorsAreThoseOfPoliciesInOneProcess() throws IOException {
    Path tokenizer = Tiny.tokenizer(folder);
    float[] one = trainedLocally(tokenizer, 1);
    float[] four = trainedLocally(tokenizer, 4);
    assertFalse(Arrays.equals(one, four), "the order of sums is to show in this test");
    try (SparkPolicy policy = spark(tokenizer, 4)) {
      train(policy, ProgressListener.NONE);
      assertArrayEquals(four, parameters(policy.driver()));
    }
    try (SparkPolicy policy = spark(tokenizer, 1)) {
      train(policy, ProgressListener.NONE);
      assertArrayEquals(one, parameters(policy.driver()));
    }
  }

  @Test
  void oneShareIsATrainingInTheDriverAndExecutorsSampleWithIt() throws IOException {
    Path tokenizer = Tiny.tokenizer(folder);
    List<Query> queries = Tiny.queries(10);
    SamplingOptions sampling = SamplingOptions.ofMaxNewTokens(8);
    try (SparkPolicy policy = spark(tokenizer, 1);
        OnnxPolicy alone = Tiny.open(tokenizer.toString(), 1)) {
      assertEquals(alone.complete(queries, sampling), policy.complete(queries, sampling));
      train(policy, ProgressListener.NONE);
      train(alone, ProgressListener.NONE);
      assertArrayEquals(parameters(alone), parameters(policy.driver()));
      assertEquals(alone.complete(queries, sampling), policy.complete(queries, sampling));
      assertEquals(alone.logProbabilities(EXAMPLES), policy.logProbabilities(EXAMPLES));
    }
  }

  @Test
  void anInterruptEndsTheTraining() throws IOException {
    Thread caller = Thread.currentThread();
    try (SparkPolicy policy = spark(Tiny.tokenizer(folder), 2)) {
      assertThrows(CancellationException.class, () -> train(policy, step -> caller.interrupt()));
      assertTrue(Thread.interrupted());
      train(policy, ProgressListener.NONE);
    }
  }

  @Test
  void aPolicyThatCannotShareIsRefused() {
    String tokenizer = Tiny.tokenizer(folder).toString();
    PolicyFactory hidden = slot -> new Hooked(Tiny.open(tokenizer, 1), queries -> {});
    SparkPolicyBuilder builder = SparkPolicy.builder(SPARK.context(), hidden).gradientShares(2);
    IllegalArgumentException e = assertThrows(IllegalArgumentException.class, builder::build);
    assertTrue(e.getMessage().contains("gradientShares"), e.getMessage());
  }
}
