package org.riselm.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.riselm.core.policy.ProgressListener;
import org.riselm.core.policy.Query;
import org.riselm.core.policy.SamplingOptions;
import org.riselm.core.policy.TrainablePolicy.DataParallel.Gradient;
import org.riselm.core.policy.TrainablePolicy.DataParallel.Share;
import org.riselm.core.policy.TrainablePolicy.DataParallel.Workers;
import org.riselm.core.policy.TrainingOptions;
import org.riselm.core.policy.TrainingRequest;
import org.riselm.core.policy.TrainingSummary;
import org.riselm.core.policy.spi.TrainingCheckpoints;

/** Steps whose gradients other policies compute. */
class DataParallelTest {
  private static final TrainingOptions TRAINING =
      TrainingOptions.builder().learningRate(0.01).steps(8).batchSize(3).build();

  @TempDir Path folder;

  /** The same policies as those of other processes, and what went to them. */
  private static final class Others implements Workers {
    private final int shares;
    private final List<OnnxPolicy> policies;
    private final List<Integer> cut = new ArrayList<>();
    private final List<Gradient> gradients = new ArrayList<>();
    private int numbers;

    Others(int shares, OnnxPolicy... policies) {
      this.shares = shares;
      this.policies = List.of(policies);
    }

    @Override
    public int shares() {
      return shares;
    }

    @Override
    public List<Gradient> gradients(float[] parameters, List<Share> ofStep) {
      numbers = parameters.length;
      cut.add(ofStep.size());
      List<Gradient> computed = new ArrayList<>();
      for (int i = ofStep.size() - 1; i >= 0; i--) { // In no particular order.
        OnnxPolicy policy = policies.get(i % policies.size());
        policy.gradient(parameters, ofStep.get(ofStep.size() - 1 - i)); // One that is lost.
        computed.add(policy.gradient(parameters, ofStep.get(i)));
      }
      Collections.reverse(computed);
      gradients.addAll(computed);
      return computed;
    }
  }

  private OnnxPolicy whole(int threads) throws IOException {
    return TinyModel.policy(folder, threads);
  }

  private OnnxPolicy adapted(double dropout) throws IOException {
    Path base = folder.resolve("base");
    if (!base.toFile().exists()) {
      try (OnnxPolicy whole = whole(1)) {
        whole.save(base);
      }
    }
    Lora lora = Lora.builder(8).alpha(32).dropout(dropout).build();
    return OnnxPolicy.builder(base).lora(lora).options(TinyModel.options(1)).build();
  }

  private static TrainingSummary train(OnnxPolicy policy, Workers workers) {
    return policy.train(
        TinyModel.EXAMPLES,
        TrainingRequest.of(TRAINING, policy),
        ProgressListener.NONE,
        TrainingCheckpoints.NONE,
        workers);
  }

  /** What the first step of a training hands to workers; it goes no further. */
  private static final class FirstStep implements Workers {
    private float[] parameters;
    private Share share;

    FirstStep(OnnxPolicy policy) {
      assertThrows(ArithmeticException.class, () -> train(policy, this));
    }

    @Override
    public int shares() {
      return 1;
    }

    @Override
    public List<Gradient> gradients(float[] at, List<Share> shares) {
      parameters = at;
      share = shares.get(0);
      throw new ArithmeticException("seen");
    }
  }

  /** A share of no policy. */
  private record Foreign() implements Share {}

  private static float[] parameters(OnnxPolicy policy) {
    return new FirstStep(policy).parameters;
  }

  @Test
  void oneShareIsTheTrainingOfOneProcessBitForBit() throws IOException {
    try (OnnxPolicy alone = whole(2);
        OnnxPolicy driver = whole(2);
        OnnxPolicy worker = whole(1)) {
      double loss = alone.train(TinyModel.EXAMPLES, TRAINING, ProgressListener.NONE).lastLoss();
      Others others = new Others(1, worker);
      assertEquals(loss, train(driver, others).lastLoss());
      assertArrayEquals(parameters(alone), parameters(driver));
      assertEquals(Collections.nCopies(8, 1), others.cut);
    }
  }

  @Test
  void theNumberOfSharesDecidesTheBitsAndNotWhoComputesThem() throws IOException {
    try (OnnxPolicy first = whole(2);
        OnnxPolicy second = whole(1);
        OnnxPolicy one = whole(2);
        OnnxPolicy other = whole(1)) {
      float[] fresh = parameters(first);
      Others single = new Others(3, one);
      train(first, single);
      train(second, new Others(3, one, other));
      assertArrayEquals(parameters(first), parameters(second));
      assertNotEquals(0, distance(fresh, parameters(first)));
      assertEquals(Collections.nCopies(8, 3), single.cut);
    }
  }

  @Test
  void sharesAddUpToTheGradientOfOneProcess() throws IOException {
    try (OnnxPolicy driver = whole(1);
        OnnxPolicy again = whole(1);
        OnnxPolicy worker = whole(1)) {
      Others one = new Others(1, worker);
      Others three = new Others(3, worker);
      train(driver, one);
      train(again, three);
      float[] expected = one.gradients.get(0).values();
      double norm = distance(new float[expected.length], expected);
      float[] sum = new float[expected.length];
      double loss = 0;
      for (Gradient g : three.gradients.subList(0, 3)) {
        loss += g.loss();
        for (int i = 0; i < sum.length; i++) {
          sum[i] += g.values()[i];
        }
      }
      assertEquals(one.gradients.get(0).loss(), loss, 1e-6);
      assertTrue(distance(expected, sum) < 1e-6 * norm, () -> "of a norm of " + norm);
    }
  }

  private static double distance(float[] a, float[] b) {
    double squares = 0;
    for (int i = 0; i < a.length; i++) {
      squares += Math.pow((double) a[i] - b[i], 2);
    }
    return Math.sqrt(squares);
  }

  @Test
  void onlyAdaptersTravel() throws IOException {
    try (OnnxPolicy alone = adapted(0);
        OnnxPolicy driver = adapted(0);
        OnnxPolicy worker = adapted(0)) {
      alone.train(TinyModel.EXAMPLES, TRAINING, ProgressListener.NONE);
      Others others = new Others(1, worker);
      train(driver, others);
      assertArrayEquals(parameters(alone), parameters(driver));
      assertTrue(others.numbers < driver.parameterCount() + 16 * 28, others.numbers + " numbers");
    }
  }

  @Test
  void aWorkerSamplesWithTheParametersItComputedAt() throws IOException {
    List<Query> queries = TinyModel.STATES.stream().map(s -> new Query(s, 7)).toList();
    SamplingOptions sampling = SamplingOptions.ofMaxNewTokens(8);
    try (OnnxPolicy driver = whole(1);
        OnnxPolicy worker = whole(1)) {
      worker.complete(queries, sampling);
      train(driver, new Others(2, worker));
      FirstStep next = new FirstStep(driver);
      worker.gradient(next.parameters, next.share);
      assertEquals(driver.complete(queries, sampling), worker.complete(queries, sampling));
    }
  }

  @Test
  void whatCannotBeSharedIsRefusedWithItsReason() throws IOException {
    try (OnnxPolicy dropping = adapted(0.1);
        OnnxPolicy adapted = adapted(0);
        OnnxPolicy worker = whole(1)) {
      IllegalArgumentException e =
          assertThrows(
              IllegalArgumentException.class, () -> train(dropping, new Others(2, worker)));
      assertTrue(e.getMessage().contains("Lora.dropout"), e.getMessage());

      IllegalArgumentException another =
          assertThrows(IllegalArgumentException.class, () -> train(adapted, new Others(2, worker)));
      assertTrue(another.getMessage().contains("same model"), another.getMessage());

      float[] numbers = parameters(worker);
      IllegalArgumentException share =
          assertThrows(
              IllegalArgumentException.class, () -> worker.gradient(numbers, new Foreign()));
      assertTrue(share.getMessage().contains("another kind"), share.getMessage());
    }
  }
}
