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
 * What it costs to keep a run: the processor time of the quickstart's RISE with run directory,
 * report and console progress, and without, in turns.
 *
 * <pre>run RunOverhead FOLDER [rounds] [problems per iteration] [optimizer steps]</pre>
 *
 * <p>The base is trained in {@code FOLDER} unless it is there. Prints a line of JSON.
 */
public final class RunOverhead {
  private static final OperatingSystemMXBean SYSTEM =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

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
    int rounds = args.length > 1 ? Integer.parseInt(args[1]) : 15;
    int problems = args.length > 2 ? Integer.parseInt(args[2]) : 150;
    int steps = args.length > 3 ? Integer.parseInt(args[3]) : 40;
    ToyRecipe standard = new ToyExercise().standard();
    new RunOverhead(
            folder, new ToyRecipe(standard.baseSteps(), problems, steps, standard.batchSize()))
        .measure(rounds);
  }

  private void measure(int rounds) throws IOException {
    Files.createDirectories(folder);
    List<Double> without = new ArrayList<>();
    List<Double> with = new ArrayList<>();
    Path base = folder.resolve("base");
    try (OnnxPolicy policy = ToyModel.create(exercise, folder, /* seed= */ 0)) {
      showcase.trainOrRestoreBase(policy, base);
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
    out.putPOJO("cpuSecondsWithout", without).putPOJO("cpuSecondsWith", with);
    System.out.println(out.put("overhead", median(with) / median(without) - 1));
  }

  /** Not the mean: a compilation by the JVM can fall into any round. */
  private static double median(List<Double> seconds) {
    double[] sorted = seconds.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
  }

  /** One iteration between two evaluations; the processor time it takes, in seconds. */
  private double rise(OnnxPolicy policy, boolean kept) throws IOException {
    Path run = folder.resolve("run");
    if (Files.exists(run)) {
      MoreFiles.deleteRecursively(run, RecursiveDeleteOption.ALLOW_INSECURE);
    }
    long before = SYSTEM.getProcessCpuTime();
    RiseTrainerBuilder builder = showcase.trainer(policy, exercise.teacher(), new ToyVerifier());
    if (kept) {
      PrintStream nowhere =
          new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
      builder.runDirectory(run).listener(new ConsoleProgress(nowhere, ""));
    }
    try (RiseTrainer trainer = builder.build()) {
      trainer.evaluate();
      trainer.iterate();
    }
    return (SYSTEM.getProcessCpuTime() - before) / 1e9;
  }
}
