package org.riselm.spark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.riselm.core.policy.Completion;
import org.riselm.core.policy.Query;
import org.riselm.core.policy.SamplingOptions;
import org.riselm.onnx.OnnxPolicy;

/** Spark adds executors when there is work, and takes them away when there is none. */
class ElasticTest {
  private static final long MOST_WAIT_MILLIS = 60_000;

  @RegisterExtension
  static final LocalCluster SPARK =
      new LocalCluster()
          .with("spark.dynamicAllocation.enabled", "true")
          .with("spark.dynamicAllocation.shuffleTracking.enabled", "true")
          .with("spark.dynamicAllocation.maxExecutors", "2")
          .with("spark.dynamicAllocation.schedulerBacklogTimeout", "1s")
          .with("spark.dynamicAllocation.executorIdleTimeout", "1s");

  @TempDir Path folder;

  private static void waitUntilNoneIsLeft() throws InterruptedException {
    long end = System.nanoTime() + MOST_WAIT_MILLIS * 1_000_000;
    while (!LocalCluster.executors().isEmpty() && System.nanoTime() < end) {
      Thread.sleep(100);
    }
    assertEquals(List.of(), LocalCluster.executors());
  }

  @Test
  void executorsThatComeAndGoChangeNothing() throws Exception {
    Path tokenizer = Tiny.tokenizer(folder);
    SamplingOptions sampling = SamplingOptions.ofMaxNewTokens(8);
    List<Query> queries = Tiny.queries(40);
    List<Completion> before;
    List<Completion> after;
    try (OnnxPolicy alone = Tiny.open(tokenizer.toString(), 1)) {
      before = alone.complete(queries, sampling);
    }
    try (SparkPolicy policy =
        SparkPolicy.builder(SPARK.context(), Tiny.factory(tokenizer))
            .queriesPerTask(2)
            .gradientShares(3)
            .build()) {
      waitUntilNoneIsLeft();
      int[] most = new int[1];
      assertEquals(
          before,
          policy.complete(
              queries,
              sampling,
              e -> most[0] = Math.max(most[0], LocalCluster.executors().size())));
      assertTrue(most[0] > 0);
      waitUntilNoneIsLeft();

      GradientSharesTest.train(policy, e -> {});
      assertArrayEquals(
          GradientSharesTest.trainedLocally(tokenizer, 3),
          GradientSharesTest.parameters(policy.driver()));
      waitUntilNoneIsLeft();

      after = policy.complete(queries, sampling);
      try (OnnxPolicy alone = Tiny.open(tokenizer.toString(), 1)) {
        policy.save(folder.resolve("trained"));
        alone.restore(folder.resolve("trained"));
        assertEquals(alone.complete(queries, sampling), after);
      }
    }
  }
}
