package org.riselm.core.testing;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;

/** Prints which tests a build of all modules skipped, and why. */
public final class SkippedTestsReport {
  static final String FOLDER = "target/skipped-tests";

  private SkippedTestsReport() {}

  /**
   * Prints what the modules of a project have skipped.
   *
   * @param args the project's folder, and when the build began ({@code 2026-11-23T00:00:00Z}): what
   *     earlier builds have left is passed over
   */
  public static void main(String[] args) throws IOException {
    print(Path.of(args[0]), Instant.parse(args[1]), System.out);
  }

  static void print(Path project, Instant since, PrintStream out) throws IOException {
    long count = 0;
    List<String> skipped = new ArrayList<>();
    for (Path file : files(project, since)) {
      for (String line : Files.readAllLines(file)) {
        String[] parts = line.split("\t", 3);
        long tests = Long.parseLong(parts[0]);
        count += tests;
        skipped.add(
            "  " + parts[1] + (tests == 1 ? "" : ", " + tests + " tests") + ": " + parts[2]);
      }
    }
    Collections.sort(skipped);
    out.println(count == 0 ? "No test was skipped." : "Skipped tests: " + count);
    skipped.forEach(out::println);
  }

  private static List<Path> files(Path project, Instant since) throws IOException {
    int modulesInModules = 5;
    try (Stream<Path> files =
        Files.find(
            project.toAbsolutePath(),
            modulesInModules,
            (file, attributes) ->
                file.getParent().endsWith(FOLDER)
                    && !attributes.lastModifiedTime().toInstant().isBefore(since))) {
      return files.toList();
    }
  }
}
