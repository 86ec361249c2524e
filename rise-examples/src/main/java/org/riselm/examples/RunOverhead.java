package org.riselm.examples;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.riselm.core.ConsoleProgress;
import org.riselm.core.RiseTrainer;
import org.riselm.core.RiseTrainerBuilder;
import org.riselm.examples.toy.Exercise;
import org.riselm.examples.toy.ToyExercise;
import org.riselm.examples.toy.ToyModel;
import org.riselm.examples.toy.ToyRecipe;
import org.riselm.examples.toy.ToyVerifier;
import org.riselm.onnx.OnnxPolicy;

/**
 * What it costs to keep a run: the time of the quickstart with run directory, report and console
 * progress, and without. The base is trained once, as nothing of that is kept; then RISE with and
 * without in turns, each from the same base.
 *
 * <pre>run RunOverhead FOLDER [rounds] [problems per iteration] [optimizer steps]</pre>
 *
 * <p>Prints a line of JSON. {@code cpu} is processor time with all threads of the JVM, its compiler
 * and garbage collector too; {@code wall} is a clock's. Overheads are of medians: of RISE alone,
 * and of the base's training and RISE together, which is the quickstart.
 */
public final class RunOverhead {
  private static final OperatingSystemMXBean SYSTEM =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
  private static final double NANOS = 1e9;

  private final Path folder;
  private final Exercise exercise = new ToyExercise();
  private final Showcase showcase;

  private RunOverhead(Path folder, ToyRecipe recipe) {
    this.folder = folder;
    this.showcase =
        new Showcase(
            exercise,
            ShowcaseOptions.parse(Quickstart.class, "--run", folder.toString()),
            recipe,
            System.out);
  }

  /** Measures, and prints. */
  public static void main(String[] args) throws IOException {
    Path folder = Path.of(args[0]);
    ToyRecipe standard = new ToyExercise().standard();
    int rounds = args.length > 1 ? Integer.parseInt(args[1]) : 5;
    int problems = args.length > 2 ? Integer.parseInt(args[2]) : standard.iterationProblems();
    int steps = args.length > 3 ? Integer.parseInt(args[3]) : standard.iterationSteps();
    new RunOverhead(
            folder, new ToyRecipe(standard.baseSteps(), problems, steps, standard.batchSize()))
        .measure(rounds);
  }

  /** Seconds of processor time, and by a clock. */
  private record Cost(double cpu, double wall) {
    static Cost of(Work work) throws IOException {
      long cpu = SYSTEM.getProcessCpuTime();
      long wall = System.nanoTime();
      work.run();
      return new Cost(
          (SYSTEM.getProcessCpuTime() - cpu) / NANOS, (System.nanoTime() - wall) / NANOS);
    }
  }

  private interface Work {
    void run() throws IOException;
  }

  private void measure(int rounds) throws IOException {
    Files.createDirectories(folder);
    List<Cost> without = new ArrayList<>();
    List<Cost> with = new ArrayList<>();
    Path base = emptied("base");
    Cost training;
    try (OnnxPolicy policy = ToyModel.create(exercise, folder, /* seed= */ 0)) {
      training = Cost.of(() -> showcase.trainOrRestoreBase(policy, base));
      rise(policy, /* kept= */ true); // So that nobody pays for classes that are loaded first.
      for (int round = 0; round < rounds; round++) {
        policy.restore(base);
        without.add(rise(policy, /* kept= */ false));
        policy.restore(base);
        with.add(rise(policy, /* kept= */ true));
      }
    }
    ObjectNode out = new ObjectMapper().createObjectNode();
    out.put("bench", "run overhead").put("rounds", rounds);
    out.set("cpu", overhead(Cost::cpu, training, without, with));
    out.set("wall", overhead(Cost::wall, training, without, with));
    System.out.println(out);
  }

  private static ObjectNode overhead(
      ToDoubleFunction<Cost> of, Cost base, List<Cost> without, List<Cost> with) {
    double more = median(of, with) - median(of, without);
    ObjectNode out = new ObjectMapper().createObjectNode();
    out.put("base", of.applyAsDouble(base));
    out.putPOJO("without", without.stream().mapToDouble(of).toArray());
    out.putPOJO("with", with.stream().mapToDouble(of).toArray());
    return out.put("overheadOfRise", more / median(of, without))
        .put("overheadOfQuickstart", more / (of.applyAsDouble(base) + median(of, without)));
  }

  /** Not the mean: a compilation by the JVM can fall into any round. */
  private static double median(ToDoubleFunction<Cost> of, List<Cost> costs) {
    double[] sorted = costs.stream().mapToDouble(of).sorted().toArray();
    return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
  }

  /** What one iteration between two evaluations costs. */
  private Cost rise(OnnxPolicy policy, boolean kept) throws IOException {
    Path run = emptied("run");
    return Cost.of(
        () -> {
          RiseTrainerBuilder builder =
              showcase.trainer(policy, exercise.teacher(), new ToyVerifier());
          if (kept) {
            PrintStream nowhere =
                new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
            builder.runDirectory(run).listener(new ConsoleProgress(nowhere, ""));
          }
          try (RiseTrainer trainer = builder.build()) {
            trainer.evaluate();
            trainer.iterate();
          }
        });
  }

  private Path emptied(String name) throws IOException {
    Path path = folder.resolve(name);
    if (Files.exists(path)) {
      MoreFiles.deleteRecursively(path, RecursiveDeleteOption.ALLOW_INSECURE);
    }
    return path;
  }
}
