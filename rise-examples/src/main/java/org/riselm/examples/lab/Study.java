package org.riselm.examples.lab;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.riselm.core.evaluation.Metric;
import org.riselm.examples.Arguments;
import org.riselm.examples.lab.study.Arm;
import org.riselm.examples.lab.study.Lab;
import org.riselm.examples.lab.study.Lab.Scale;
import org.riselm.examples.lab.study.Line;
import org.riselm.examples.lab.study.StudyReport;
import org.riselm.examples.lab.toy.ToyExercise.Size;

/**
 * Checks the paper's claims on the quickstart's task: every {@link Arm} on several seeds, at equal
 * budget. A run whose result file is there is not made again, so the study can be stopped at any
 * time and gone on with; {@code --report} turns what is there into tables and pictures.
 */
public final class Study {
  static final String USAGE =
      """
      Usage: run Study [--out DIR] [--seeds N] [--scale standard|tiny]
             run Study --report DIR [--out DIR]

        --out DIR      where runs are kept (default: target/study)
        --seeds N      seeds 0 to N − 1 (default: 5); one takes some ten minutes
        --scale tiny   every step in seconds; learns nothing
        --report DIR   no runs; writes study.md and pictures of those that are there to DIR
      """;

  // Of the second size, only what its question needs.
  private static final Set<Arm> OF_SMALL = Set.of(Arm.BASE, Arm.SELF, Arm.TEACHER);

  private final Path folder;
  private final Scale scale;
  private final PrintStream out;

  Study(Path folder, Scale scale, PrintStream out) {
    this.folder = folder;
    this.scale = scale;
    this.out = out;
  }

  /** Runs or reports, as {@code args} say. */
  public static void main(String[] args) {
    Set<String> options = Set.of("out", "seeds", "scale", "report");
    Arguments.run(USAGE, args, options, Set.of(), Study::start);
  }

  private static void start(Arguments arguments) throws IOException {
    Path folder = arguments.path("out").orElse(Path.of("target/study"));
    int seeds = arguments.integer("seeds", 1, 5);
    boolean tiny = arguments.oneOf("scale", "standard", "tiny").equals("tiny");
    Optional<Path> report = arguments.path("report");
    if (report.isPresent()) {
      new StudyReport(Line.readAll(folder.resolve("runs"))).write(report.get());
    } else {
      new Study(folder, tiny ? Scale.tiny() : Scale.standard(), System.out).run(seeds);
    }
  }

  /** All runs of the first {@code seeds} seeds that are not there yet, seed by seed. */
  void run(int seeds) throws IOException {
    Files.createDirectories(folder.resolve("runs"));
    for (long seed = 0; seed < seeds; seed++) {
      for (Size size : List.of(Size.STANDARD, Size.SMALL)) {
        run(size, seed);
      }
    }
  }

  private void run(Size size, long seed) throws IOException {
    List<Arm> missing =
        List.of(Arm.values()).stream()
            .filter(arm -> size == Size.STANDARD || OF_SMALL.contains(arm))
            .filter(arm -> !Files.exists(file(size, seed, arm)))
            .toList();
    if (missing.isEmpty()) {
      return;
    }
    Path bases = folder.resolve("bases");
    try (Lab lab = new Lab(bases, scale, size, seed)) {
      for (Arm arm : missing) {
        List<Line> lines = lab.run(bases, arm);
        Line.write(file(size, seed, arm), lines);
        Line last = lines.get(lines.size() - 1);
        out.printf(
            Locale.ROOT,
            "%s seed %d %s: m1@t1 %.1f, m5@t1 %.1f, m1@t5 %.1f, %.0f seconds%n",
            size,
            seed,
            arm.label(),
            percent(last, "m1@t1"),
            percent(last, "m5@t1"),
            percent(last, "m1@t5"),
            last.seconds());
      }
    }
  }

  private static double percent(Line line, String metric) {
    return 100 * Metric.named(metric).over(line.log(), 0).estimate();
  }

  private Path file(Size size, long seed, Arm arm) {
    return Line.file(folder.resolve("runs"), size, seed, arm.label());
  }
}
