package org.riselm.examples.lab.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.riselm.core.RiseTrainer;
import org.riselm.core.RiseTrainerBuilder;
import org.riselm.core.mdp.Problem;
import org.riselm.core.mdp.State;
import org.riselm.core.mdp.Verifier;
import org.riselm.core.policy.TablePolicy;
import org.riselm.core.policy.TrainingOptions;
import org.riselm.core.relabel.Relabelers;
import org.riselm.core.task.ProblemSet;
import org.riselm.examples.Arguments;

/**
 * What an iteration costs beside the policy's own work, and how that grows with the problems: a
 * table in the place of a language model, five turns for each problem, best of four more answers.
 *
 * <pre>run BenchCore [least problems] [most problems] [rounds]</pre>
 *
 * <p>Prints a line of JSON. Each round is an iteration of every size, least first and most first in
 * turns; a small one is done so often that every size sees as many problems. {@code
 * microsecondsPerProblem} is the whole iteration's, {@code coreMicrosecondsPerTurn} that without
 * the policy's, medians of the rounds; {@code collectorMicrosecondsPerProblem} the garbage
 * collector's part, a mean. At the end, the line that the iteration's time follows: what it costs
 * without problems, what each adds, and by which share the farthest size is off it.
 */
public final class BenchCore {
  private static final String USAGE =
      """
      Usage: run BenchCore [least problems (100)] [most problems (10000)] [rounds (11)]
      """;

  private static final int TURNS = 5;
  private static final int SAMPLES = 4;
  private static final List<String> ANSWERS =
      IntStream.range(0, 10).mapToObj(String::valueOf).toList();

  private final int most;

  private BenchCore(int most) {
    this.most = most;
  }

  /** Measures, and prints. */
  public static void main(String[] args) {
    Arguments.run(USAGE, args, given -> given, BenchCore::start);
  }

  private static void start(String[] args) throws IOException {
    Arguments.requireCount(args, 0, 3, "at most the least and the most problems, and rounds");
    int least = Arguments.wholeNumber(args, 0, "the least number of problems", 100);
    int most = Arguments.wholeNumber(args, 1, "the largest number of problems", 10_000);
    int rounds = Arguments.wholeNumber(args, 2, "the number of rounds", 11);
    System.out.println(new BenchCore(most).measure(least, rounds));
  }

  /** Nanoseconds of one round. */
  private record Cost(double perProblem, double corePerTurn, double collectingPerProblem) {}

  /**
   * What an iteration costs, in microseconds.
   *
   * @param fixed without any problem
   * @param perProblem for each
   */
  record Line(double fixed, double perProblem) {
    /**
     * The line through costs per problem, by problems: least squares of the relative deviations
     * (perProblem + fixed ÷ problems) ÷ cost − 1.
     */
    static Line through(Map<Integer, Double> costs) {
      double u = 0;
      double v = 0;
      double uu = 0;
      double uv = 0;
      double vv = 0;
      for (Map.Entry<Integer, Double> e : costs.entrySet()) {
        double ofPerProblem = 1 / e.getValue();
        double ofFixed = ofPerProblem / e.getKey();
        u += ofPerProblem;
        v += ofFixed;
        uu += ofPerProblem * ofPerProblem;
        uv += ofPerProblem * ofFixed;
        vv += ofFixed * ofFixed;
      }
      double determinant = uu * vv - uv * uv;
      return new Line((uu * v - uv * u) / determinant, (vv * u - uv * v) / determinant);
    }

    /** The largest share by which one of the costs per problem is off the line. */
    double largestDeviation(Map<Integer, Double> costs) {
      return costs.entrySet().stream()
          .mapToDouble(e -> Math.abs(e.getValue() / (perProblem + fixed / e.getKey()) - 1))
          .max()
          .orElseThrow();
    }
  }

  private ObjectNode measure(int least, int rounds) {
    List<Integer> sizes = new ArrayList<>();
    for (double size = least; size <= most * 1.01; size *= Math.sqrt(10)) {
      sizes.add((int) Math.round(size));
    }
    TreeMap<Integer, List<Cost>> costs = new TreeMap<>();
    for (int round = -2; round < rounds; round++) { // Two are for the JVM to compile in.
      for (int size : sizes) {
        Cost cost = round(size);
        if (round >= 0) {
          costs.computeIfAbsent(size, s -> new ArrayList<>()).add(cost);
        }
      }
      Collections.reverse(sizes);
    }
    ObjectNode out = new ObjectMapper().createObjectNode();
    out.put("bench", "core").put("rounds", rounds).put("turns", TURNS);
    ArrayNode found = out.putArray("sizes");
    costs.forEach(
        (size, all) ->
            found
                .addObject()
                .put("problems", size)
                .put("microsecondsPerProblem", median(all.stream().map(Cost::perProblem).toList()))
                .put(
                    "coreMicrosecondsPerTurn", median(all.stream().map(Cost::corePerTurn).toList()))
                .put(
                    "collectorMicrosecondsPerProblem",
                    mean(all.stream().map(Cost::collectingPerProblem).toList())));
    TreeMap<Integer, Double> perProblem = new TreeMap<>();
    costs.forEach(
        (size, all) -> perProblem.put(size, median(all.stream().map(Cost::perProblem).toList())));
    Line line = Line.through(perProblem);
    out.put("fixedMicroseconds", line.fixed()).put("microsecondsPerProblem", line.perProblem());
    return out.put("largestDeviation", line.largestDeviation(perProblem));
  }

  /** Iterations of {@code size} problems, so many that they make the largest size together. */
  private Cost round(int size) {
    int iterations = Math.max(1, most / size);
    TimedPolicy policy = new TimedPolicy(new TablePolicy(ANSWERS, BenchCore::key));
    RiseTrainerBuilder builder =
        RiseTrainer.builder(policy, problems(size))
            .relabeler(Relabelers.bestOf(SAMPLES))
            .turns(TURNS)
            .problemsPerIteration(size)
            .training(TrainingOptions.builder().learningRate(1e-3).batchSize(32).epochs(1).build())
            .seed(1);
    try (RiseTrainer trainer = builder.build()) {
      policy.takeNanos();
      long collecting = collectorMillis();
      long before = System.nanoTime();
      for (int i = 0; i < iterations; i++) {
        trainer.iterate();
      }
      double nanos = System.nanoTime() - before;
      double problems = (double) iterations * size;
      return new Cost(
          nanos / problems,
          (nanos - policy.takeNanos()) / (problems * TURNS),
          (collectorMillis() - collecting) * 1e6 / problems);
    }
  }

  /** A table that tells kinds of problems apart, so that it does not grow with their number. */
  private static String key(State state) {
    return state.problem().reference() + " " + state.turn();
  }

  private static ProblemSet problems(int size) {
    return new ProblemSet(
        "simulated",
        IntStream.range(0, size)
            .mapToObj(i -> Problem.of("p" + i, "problem " + i, ANSWERS.get(i % ANSWERS.size())))
            .toList(),
        new Exact());
  }

  /** The answer is the whole response. */
  private static final class Exact implements Verifier {
    @Override
    public Optional<String> answer(String response) {
      return Optional.of(response);
    }

    @Override
    public boolean equivalent(String answer, String other) {
      return answer.equals(other);
    }

    @Override
    public String referenceAnswer(Problem problem) {
      return problem.reference();
    }
  }

  /** What the garbage collectors took so far. */
  private static long collectorMillis() {
    return ManagementFactory.getGarbageCollectorMXBeans().stream()
        .mapToLong(GarbageCollectorMXBean::getCollectionTime)
        .sum();
  }

  /** In microseconds; of what comes in milliseconds a median would mostly be 0. */
  private static double mean(List<Double> nanos) {
    return nanos.stream().mapToDouble(n -> n).average().orElseThrow() / 1000;
  }

  /** In microseconds. */
  private static double median(List<Double> nanos) {
    List<Double> sorted = nanos.stream().sorted().toList();
    return (sorted.get((sorted.size() - 1) / 2) + sorted.get(sorted.size() / 2)) / 2 / 1000;
  }
}
