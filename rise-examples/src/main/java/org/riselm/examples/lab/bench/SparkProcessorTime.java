package org.riselm.examples.lab.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.riselm.core.RiseTrainer;
import org.riselm.core.mdp.State;
import org.riselm.core.policy.Query;
import org.riselm.core.policy.SamplingOptions;
import org.riselm.core.policy.TrainingOptions;
import org.riselm.core.relabel.Relabelers;
import org.riselm.core.task.Arithmetic;
import org.riselm.core.task.ProblemSet;
import org.riselm.onnx.Lora;
import org.riselm.onnx.OnnxOptions;
import org.riselm.onnx.OnnxPolicy;
import org.riselm.spark.PolicyFactory;
import org.riselm.spark.SparkPolicy;

/**
 * What a model's work takes of the processors in one process of two threads, and on executors of
 * this machine; then the driver's share of an iteration. For a standalone master with two workers
 * of one core.
 */
final class SparkProcessorTime {
  private static final int QUERIES = 32;
  private static final SamplingOptions SAMPLING = SamplingOptions.ofMaxNewTokens(32);

  private SparkProcessorTime() {}

  /** Of this process, or of all executors on this machine. */
  private static double seconds(boolean executors) {
    return ProcessHandle.allProcesses()
        .filter(
            p ->
                executors
                    ? p.info().commandLine().orElse("").contains("CoarseGrainedExecutorBackend")
                    : p.equals(ProcessHandle.current()))
        .map(p -> p.info().totalCpuDuration().orElse(Duration.ZERO))
        .mapToDouble(d -> d.toMillis() / 1e3)
        .sum();
  }

  /** What a call takes, in the driver and on executors. */
  private static double[] of(Runnable call) {
    double driver = seconds(false);
    double executors = seconds(true);
    call.run();
    return new double[] {seconds(false) - driver, seconds(true) - executors};
  }

  static void measure(SparkConf conf, Path model, int rounds) throws IOException {
    String folder = model.toAbsolutePath().toString();
    PolicyFactory factory =
        PolicyFactory.onnx(slot -> OnnxPolicy.builder(Path.of(folder)).lora(Lora.rank(8)));
    ProblemSet problems = Arithmetic.generate(1, QUERIES, 2);
    List<Query> queries =
        IntStream.range(0, QUERIES)
            .mapToObj(i -> new Query(State.initial(problems.problems().get(i)), i))
            .toList();
    OnnxOptions two = OnnxOptions.builder().threads(2).build();
    try (JavaSparkContext context = new JavaSparkContext(conf);
        OnnxPolicy alone = OnnxPolicy.builder(model).lora(Lora.rank(8)).options(two).build();
        SparkPolicy spark =
            SparkPolicy.builder(context, factory)
                .queriesPerTask(QUERIES / 2)
                .gradientShares(2)
                .build()) {
      context.setLogLevel("ERROR");
      alone.complete(queries, SAMPLING);
      spark.complete(queries, SAMPLING);
      for (int round = 0; round < rounds; round++) {
        double[] one = of(() -> alone.complete(queries, SAMPLING));
        double[] cluster = of(() -> spark.complete(queries, SAMPLING));
        System.out.printf(
            Locale.ROOT,
            "sampling: alone %.2f s, driver %.2f s and executors %.2f s, ratio %.3f%n",
            one[0],
            cluster[0],
            cluster[1],
            (cluster[0] + cluster[1]) / one[0]);
      }
      Path run = Files.createTempDirectory("bench-spark").resolve("run");
      try (RiseTrainer trainer =
          RiseTrainer.builder(spark, problems)
              .relabeler(Relabelers.bestOf(4))
              .sampling(SAMPLING)
              .training(TrainingOptions.builder().steps(4).build())
              .runDirectory(run)
              .build()) {
        double[] iteration = of(trainer::iterate);
        System.out.printf(
            Locale.ROOT,
            "iteration: driver %.2f s of %.2f s, %.1f %%%n",
            iteration[0],
            iteration[0] + iteration[1],
            100 * iteration[0] / (iteration[0] + iteration[1]));
      }
    }
  }
}
