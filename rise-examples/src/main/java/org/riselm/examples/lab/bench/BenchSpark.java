package org.riselm.examples.lab.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.riselm.core.mdp.Problem;
import org.riselm.core.mdp.State;
import org.riselm.core.policy.Policy;
import org.riselm.core.policy.Query;
import org.riselm.core.policy.SamplingOptions;
import org.riselm.core.policy.TablePolicy;
import org.riselm.examples.Arguments;
import org.riselm.spark.SparkPolicy;

/**
 * What Spark adds to a call: a policy that responds from a table, which takes next to no time,
 * alone and on the executors of a cluster.
 *
 * <pre>run BenchSpark [--queries 100000] [--master local[2]] [--rounds 5] [--model DIR]</pre>
 *
 * <p>Prints a line for one query and for 1/4, 1/2 and all of {@code --queries}: the medians of both
 * in milliseconds, what Spark adds to a query in microseconds, and the heap in use afterwards in
 * MiB. With {@code --model} it is {@link SparkProcessorTime} instead.
 */
public final class BenchSpark {
  private static final SamplingOptions SAMPLING = SamplingOptions.ofMaxNewTokens(8);
  private static final List<String> RESPONSES = List.of("red", "green", "blue", "gold");

  private static final String USAGE =
      """
      Usage: run BenchSpark [--queries N (100000)] [--rounds N (5)] [--master URL (local[2])]
                            [--model DIR]
        --model DIR  processor time of this model's sampling and of an iteration instead
      """;

  private BenchSpark() {}

  private static TablePolicy table() {
    return new TablePolicy(RESPONSES, TablePolicy::promptAndLastAttempt);
  }

  private static List<Query> queries(int count) {
    List<Query> queries = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      queries.add(
          new Query(
              State.initial(Problem.of("problem-" + i, "the color of thing " + i, "red")), i));
    }
    return queries;
  }

  private static double median(int rounds, Runnable call) {
    double[] millis = new double[rounds];
    for (int i = 0; i < rounds; i++) {
      long start = System.nanoTime();
      call.run();
      millis[i] = (System.nanoTime() - start) / 1e6;
    }
    Arrays.sort(millis);
    return millis[rounds / 2];
  }

  private static void measure(Policy alone, Policy spark, int count, int rounds) {
    List<Query> queries = queries(count);
    if (!alone.complete(queries, SAMPLING).equals(spark.complete(queries, SAMPLING))) {
      throw new IllegalStateException("Spark's completions are others");
    }
    double direct = median(rounds, () -> alone.complete(queries, SAMPLING));
    double cluster = median(rounds, () -> spark.complete(queries, SAMPLING));
    System.gc();
    Runtime heap = Runtime.getRuntime();
    System.out.printf(
        Locale.ROOT,
        "%7d queries: alone %8.1f ms, spark %8.1f ms, %6.1f us a query, heap %4d MiB%n",
        count,
        direct,
        cluster,
        (cluster - direct) * 1e3 / count,
        (heap.totalMemory() - heap.freeMemory()) >> 20);
  }

  /** Measures, and prints. */
  public static void main(String[] args) {
    Arguments.run(USAGE, args, given -> given, BenchSpark::start);
  }

  private static void start(String[] args) throws IOException {
    Arguments given = new Arguments(args, Set.of("queries", "master", "rounds", "model"), Set.of());
    int most = given.integer("queries", 4, 100_000);
    int rounds = given.integer("rounds", 1, 5);
    SparkConf conf =
        new SparkConf()
            .setAppName("BenchSpark")
            .setIfMissing("spark.master", given.get("master").orElse("local[2]"));
    if (given.path("model").isPresent()) {
      SparkProcessorTime.measure(conf, given.path("model").get(), rounds);
      return;
    }
    try (JavaSparkContext context = new JavaSparkContext(conf);
        SparkPolicy spark = SparkPolicy.builder(context, slot -> table()).build()) {
      context.setLogLevel("ERROR");
      for (int count : new int[] {1, most / 4, most / 2, most}) {
        measure(table(), spark, count, rounds);
      }
    }
  }
}
