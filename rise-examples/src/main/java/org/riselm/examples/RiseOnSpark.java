package org.riselm.examples;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.riselm.core.ConsoleProgress;
import org.riselm.core.RiseTrainer;
import org.riselm.core.policy.SamplingOptions;
import org.riselm.core.relabel.Relabelers;
import org.riselm.core.task.Arithmetic;
import org.riselm.onnx.Lora;
import org.riselm.onnx.OnnxPolicy;
import org.riselm.spark.PolicyFactory;
import org.riselm.spark.SparkPolicy;

/** RISE whose responses are sampled on a Spark cluster: on this machine, unless told otherwise. */
public final class RiseOnSpark {
  private static final String USAGE =
      """
      Usage: run RiseOnSpark --model DIR --run DIR [options]
        --model DIR         the chat model to train; under this path on every machine
        --run DIR           where the run is kept, in the driver; report.html is there, too
        --master URL        the cluster; that of spark-submit comes first (local[2])
        --max-new-tokens N  the longest response (256)
        --gradient-shares N of a training step, one an executor (1)
      """;

  private RiseOnSpark() {}

  private static void run(Arguments arguments) throws IOException {
    String model = Path.of(arguments.require("model")).toAbsolutePath().toString();
    int shares = arguments.integer("gradient-shares", 1, 1);
    int tokens = arguments.integer("max-new-tokens", 1, 256);
    SparkConf conf = new SparkConf().setAppName("RISE").setIfMissing("spark.task.cpus", "2");
    conf.setIfMissing("spark.master", arguments.get("master").orElse("local[2]"));
    PolicyFactory factory =
        PolicyFactory.onnx(slot -> OnnxPolicy.builder(Path.of(model)).lora(Lora.rank(8)));
    try (JavaSparkContext context = new JavaSparkContext(conf);
        SparkPolicy policy = SparkPolicy.builder(context, factory).gradientShares(shares).build();
        RiseTrainer trainer =
            RiseTrainer.builder(policy, Arithmetic.generate(1, 32, 2))
                .relabeler(Relabelers.bestOf(4))
                .sampling(SamplingOptions.ofMaxNewTokens(tokens))
                .runDirectory(Path.of(arguments.require("run")))
                .listener(new ConsoleProgress(System.out, ""))
                .build()) {
      context.setLogLevel("WARN");
      System.out.println(trainer.iterate());
    }
  }

  /** Runs with the options in {@code args}. */
  public static void main(String[] args) {
    Set<String> options = Set.of("model", "run", "master", "max-new-tokens", "gradient-shares");
    Arguments.run(USAGE, args, options, Set.of(), RiseOnSpark::run);
  }
}
