package org.riselm.examples.lab;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.base.Stopwatch;
import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.riselm.core.ConsoleProgress;
import org.riselm.core.RiseTrainer;
import org.riselm.core.RiseTrainerBuilder;
import org.riselm.examples.Arguments;
import org.riselm.examples.Quickstart;
import org.riselm.examples.lab.bench.ProcessUse;
import org.riselm.examples.lab.toy.Exercise;
import org.riselm.examples.lab.toy.ToyExercise;
import org.riselm.examples.lab.toy.ToyModel;
import org.riselm.onnx.OnnxPolicy;

/**
 * What it costs to keep a run: the quickstart's RISE, with run directory, report and console
 * progress or without, once in a process, so that what the JVM loads and compiles counts too.
 *
 * <pre>
 * run BenchAgainst 9 wallSeconds,cpuSeconds "run RunOverhead DIR kept" "run RunOverhead DIR bare"
 * </pre>
 *
 * <p>The base is trained in {@code DIR} unless it is there. Prints a line of JSON: the time of one
 * iteration between two evaluations by a clock, and the processor's, all threads of the JVM
 * together.
 */
public final class RunOverhead {
  private static final String USAGE =
      """
      Usage: run RunOverhead DIR kept|bare
        kept: with a run directory and a console; bare: without
      """;

  private RunOverhead() {}

  /** Measures, and prints. */
  public static void main(String[] args) {
    Arguments.run(USAGE, args, given -> given, RunOverhead::start);
  }

  private static void start(String[] args) throws IOException {
    Arguments.requireCount(args, 2, 2, "a folder, and kept or bare");
    if (!List.of("kept", "bare").contains(args[1])) {
      throw new IllegalArgumentException(args[1] + " is neither kept nor bare");
    }
    Path folder = Files.createDirectories(Path.of(args[0]));
    boolean kept = args[1].equals("kept");
    Exercise exercise = new ToyExercise();
    Showcase showcase =
        new Showcase(
            exercise,
            ShowcaseOptions.parse(Showcase.class, "--run", folder.toString()),
            exercise.standard(),
            System.out);
    try (OnnxPolicy policy = ToyModel.create(exercise, folder, /* seed= */ 0)) {
      showcase.trainOrRestoreBase(policy, folder.resolve("base"));
      Path run = folder.resolve("run");
      if (Files.exists(run)) {
        MoreFiles.deleteRecursively(run, RecursiveDeleteOption.ALLOW_INSECURE);
      }
      double cpu = ProcessUse.cpuSeconds();
      Stopwatch clock = Stopwatch.createStarted();
      RiseTrainerBuilder builder =
          showcase.trainer(policy, exercise.teacher(), Quickstart.VERIFIER);
      if (kept) {
        builder.runDirectory(run).listener(new ConsoleProgress(System.out, ""));
      }
      try (RiseTrainer trainer = builder.build()) {
        trainer.evaluate();
        trainer.iterate();
      }
      ObjectNode out = new ObjectMapper().createObjectNode();
      out.put("bench", "run overhead").put("kept", kept);
      out.put("wallSeconds", clock.elapsed(TimeUnit.MILLISECONDS) / 1000.0);
      System.out.println(out.put("cpuSeconds", ProcessUse.cpuSeconds() - cpu));
    }
  }
}
