package org.riselm.examples.consumers;

import com.google.common.base.Splitter;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Builds the projects below {@code consumers/} with Maven, and runs what was built. */
final class Programs {
  private static final int MINUTES = 10;
  private final Path folder;

  private Programs(Path folder) {
    this.folder = folder;
  }

  /** What a program has printed. */
  record Output(int exit, String out, String err) {}

  /**
   * Builds a copy of the projects, as their users would.
   *
   * @param folder where the copy goes
   */
  static Programs build(Path folder) throws IOException, InterruptedException {
    copy(Path.of("consumers"), folder);
    List<String> command = maven(Path.of(System.getProperty("rise.maven.home")), folder);
    command.addAll(
        List.of(
            "--batch-mode",
            "package",
            // Ours come from the first repository, all others from the second.
            "-Dmaven.repo.local=" + System.getProperty("rise.consumers.repository"),
            "-Dmaven.repo.local.tail=" + System.getProperty("rise.maven.repository"),
            "-Drise.version=" + System.getProperty("rise.version")));
    if (Boolean.getBoolean("rise.maven.offline")) {
      command.add("--offline");
    }
    Output output = run(command, folder);
    if (output.exit() != 0) {
      throw new AssertionError("Maven could not build the consumers:\n" + output.out());
    }
    return new Programs(folder);
  }

  /** The folder of what was built of a project. */
  Path target(String project) {
    return folder.resolve(project).resolve("target");
  }

  /** The classes of a project and all that they need. */
  List<Path> path(String project) throws IOException {
    List<Path> path = new ArrayList<>(List.of(target(project).resolve("classes")));
    String others = Files.readString(target(project).resolve("path"));
    for (String jar : Splitter.on(File.pathSeparatorChar).split(others.strip())) {
      path.add(Path.of(jar));
    }
    return path;
  }

  /** Runs a command in a folder to its end. */
  static Output run(List<String> command, Path folder) throws IOException, InterruptedException {
    Path out = Files.createTempFile(folder, "out", ".txt");
    Path err = Files.createTempFile(folder, "err", ".txt");
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    if (!process.waitFor(MINUTES, TimeUnit.MINUTES)) {
      process.destroyForcibly();
      throw new AssertionError(command + " has not ended after " + MINUTES + " minutes");
    }
    return new Output(process.exitValue(), text(out), text(err));
  }

  /** Starts Maven as its own script does, which is not executable where our wrapper unpacked it. */
  private static List<String> maven(Path home, Path project) throws IOException {
    Path launcher;
    try (Stream<Path> boot = Files.list(home.resolve("boot"))) {
      launcher = boot.filter(f -> f.toString().endsWith(".jar")).findFirst().orElseThrow();
    }
    return new ArrayList<>(
        List.of(
            ProcessHandle.current().info().command().orElseThrow(),
            "-cp",
            launcher.toString(),
            "-Dclassworlds.conf=" + home.resolve("bin").resolve("m2.conf"),
            "-Dmaven.home=" + home,
            "-Dmaven.multiModuleProjectDirectory=" + project,
            "org.codehaus.plexus.classworlds.launcher.Launcher"));
  }

  private static String text(Path file) throws IOException {
    return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
  }

  private static void copy(Path from, Path to) throws IOException {
    List<Path> files;
    try (Stream<Path> walk = Files.walk(from)) {
      files = walk.filter(Files::isRegularFile).toList();
    }
    for (Path file : files) {
      Path copy = to.resolve(from.relativize(file).toString());
      Files.createDirectories(copy.getParent());
      Files.copy(file, copy);
    }
  }
}
