package org.riselm.examples.lab.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.riselm.core.RiseTrainer;
import org.riselm.core.RiseTrainerBuilder;
import org.riselm.core.mdp.Feedback;
import org.riselm.core.policy.ProgressListener;
import org.riselm.core.policy.TrainingOptions;
import org.riselm.core.relabel.Relabelers;
import org.riselm.core.task.ProblemSet;
import org.riselm.examples.Arguments;
import org.riselm.examples.Quickstart;
import org.riselm.examples.lab.toy.Exercise;
import org.riselm.examples.lab.toy.ToyExercise;
import org.riselm.examples.lab.toy.ToyModel;
import org.riselm.examples.lab.toy.ToyRecipe;
import org.riselm.onnx.OnnxOptions;
import org.riselm.onnx.OnnxPolicy;

/**
 * A whole iteration by phase: the quickstart's word problems and its tokenizer on a model of
 * another shape, that learned for some steps from random weights, so that it answers and stops.
 * Better responses are the best of the model's own samples, the run is kept on disk, and as many
 * held-out problems are evaluated in as many turns, and samples as turns.
 *
 * <pre>
 * run BenchRise [--shape tiny] [--problems 64] [--turns 2] [--samples 8] [--iterations 3]
 *   [--pretrain 60] [--threads N]</pre>
 *
 * <p>Prints a line of JSON: medians of the iterations, one to warm up left out; of every part
 * ({@link PhaseClock}) {@code seconds_…}, {@code share_…}, and where there are tokens {@code
 * tokens_…} and {@code tokensPerSecond_…}; and the process's peak memory, that of the steps before
 * included.
 */
public final class BenchRise {
  private static final String USAGE =
      """
      Usage: run BenchRise [options]
        --shape NAME      tiny or small (tiny)
        --problems N --turns N --samples N --iterations N   of the run
        --pretrain N      steps before it (60)
        --threads N       all processors
      """;

  private static final int BATCH = 32;

  private final Exercise exercise = new ToyExercise();
  private final PhaseClock clock = new PhaseClock();
  private final Arguments given;
  private final Shape shape;
  private final int problems;
  private final int turns;
  private final int samples;
  private final int iterations;
  private final int threads;

  private BenchRise(Arguments given) {
    this.given = given;
    shape = Shape.of(given.get("shape").orElse("tiny"));
    problems = given.integer("problems", 1, 64);
    turns = given.integer("turns", 1, 2);
    samples = given.integer("samples", 1, 8);
    iterations = given.integer("iterations", 1, 3);
    threads = given.integer("threads", 1, Runtime.getRuntime().availableProcessors());
  }

  /** Measures, and prints. */
  public static void main(String[] args) {
    Arguments.run(USAGE, args, given -> given, BenchRise::start);
  }

  private static void start(String[] args) throws IOException {
    Set<String> names =
        Set.of("shape", "problems", "turns", "samples", "iterations", "pretrain", "threads");
    BenchRise bench = new BenchRise(new Arguments(args, names, Set.of()));
    Path folder = Files.createTempDirectory("rise-bench-");
    try {
      System.out.println(bench.measure(folder));
    } finally {
      MoreFiles.deleteRecursively(folder, RecursiveDeleteOption.ALLOW_INSECURE);
    }
  }

  private ObjectNode measure(Path folder) throws IOException {
    Path tokenizer = folder.resolve("tokenizer.json");
    ToyModel.writeTokenizer(exercise, tokenizer);
    Map<String, List<Double>> measured = new LinkedHashMap<>();
    try (OnnxPolicy policy =
        OnnxPolicy.create(
            shape.config(),
            tokenizer,
            ToyModel.promptFormat(),
            /* seed= */ 1,
            OnnxOptions.builder().threads(threads).build())) {
      ToyRecipe recipe = new ToyRecipe(given.integer("pretrain", 1, 60), problems, 1, BATCH);
      policy.train(
          exercise.corpus(1, recipe.baseExamples()), recipe.base(1), ProgressListener.NONE);
      try (RiseTrainer trainer = trainer(policy).runDirectory(folder.resolve("run")).build()) {
        for (int k = 0; k <= iterations; k++) {
          clock.start();
          trainer.iterate();
          if (k > 0) {
            iteration(clock.stop(), clock.tokens())
                .forEach((key, n) -> measured.computeIfAbsent(key, x -> new ArrayList<>()).add(n));
          }
        }
      }
    }
    ObjectNode out = new ObjectMapper().createObjectNode();
    out.put("bench", "rise").put("shape", shape.name()).put("threads", threads);
    out.put("problems", problems).put("turns", turns).put("samples", samples);
    out.put("iterations", iterations);
    measured.forEach((key, numbers) -> out.put(key, Comparison.median(numbers)));
    return out.put("peakMiB", ProcessUse.peakMebibytes());
  }

  /** The numbers of one iteration. */
  private static Map<String, Double> iteration(
      Map<String, Double> seconds, Map<String, Long> tokens) {
    double all = seconds.values().stream().mapToDouble(s -> s).sum();
    Map<String, Double> numbers = new LinkedHashMap<>();
    numbers.put("seconds", all);
    seconds.forEach(
        (part, s) -> {
          numbers.put("seconds_" + part, s);
          numbers.put("share_" + part, s / all);
          Long count = tokens.get(part);
          if (count != null) {
            numbers.put("tokens_" + part, (double) count);
            numbers.put("tokensPerSecond_" + part, count / s);
          }
        });
    return numbers;
  }

  private RiseTrainerBuilder trainer(OnnxPolicy policy) {
    ProblemSet all =
        new ProblemSet(
            "word problems", exercise.train(1, problems * (iterations + 1)), Quickstart.VERIFIER);
    return RiseTrainer.builder(policy, all)
        .relabeler(Relabelers.bestOf(samples))
        .feedback(Feedback.neutral(exercise.feedback()))
        .problemsPerIteration(problems)
        .sampling(exercise.sampling())
        .turns(turns)
        .training(TrainingOptions.builder().learningRate(1e-3).batchSize(BATCH).epochs(1).build())
        .evaluateOn(new ProblemSet("held out", exercise.heldOut(1, problems), Quickstart.VERIFIER))
        .evaluation(e -> e.turns(turns).samplesPerProblem(turns))
        .listener(clock)
        .seed(1);
  }
}
