package org.riselm.core.internal.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.hash.Hashing;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.riselm.core.internal.util.AtomicFiles;
import org.riselm.core.internal.util.InputFiles;

/**
 * The parameters after each iteration, and where the training in flight stands: each in a folder of
 * its own, with its checksums.
 */
final class Checkpoints {
  private static final String FOLDER = "checkpoints";
  private static final String POLICY = "policy";
  private static final String STEP = "training-step-";
  private static final String SUMS = "checksums.json";

  private final Path folder;

  private Checkpoints(Path folder) {
    this.folder = folder;
  }

  /** Returns those of the run in {@code run}; makes a folder for them if there is none. */
  static Checkpoints of(Path run) throws IOException {
    return new Checkpoints(Files.createDirectories(run.resolve(FOLDER)));
  }

  /** Returns those of the run in {@code run}, of which nothing is changed. */
  static Checkpoints existing(Path run) {
    return new Checkpoints(run.resolve(FOLDER));
  }

  /** Returns the names of all, sorted. */
  List<String> names() throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> paths = Files.list(folder)) {
      return paths
          .map(p -> p.getFileName().toString())
          .filter(name -> !name.startsWith("."))
          .sorted()
          .toList();
    }
  }

  /** The name of the one after an iteration. */
  static String afterIteration(int iteration) {
    return String.format(Locale.ROOT, "iteration-%04d", iteration);
  }

  /** The name of the one after a step of the training in flight. */
  static String afterStep(int step) {
    return STEP + String.format(Locale.ROOT, "%06d", step);
  }

  /**
   * Saves what {@code content} writes to a new folder. The checkpoint appears whole or not at all.
   *
   * @return its SHA-256
   */
  String save(String name, AtomicFiles.FolderContent content) throws IOException {
    Path target = folder.resolve(name);
    if (Files.exists(target)) {
      AtomicFiles.delete(target);
    }
    String[] sum = new String[1];
    AtomicFiles.writeFolder(
        target,
        work -> {
          content.writeTo(work.resolve(POLICY));
          Map<String, String> sums = sums(work.resolve(POLICY));
          for (String file : sums.keySet()) {
            AtomicFiles.syncFile(work.resolve(POLICY).resolve(file));
          }
          AtomicFiles.syncFolder(work.resolve(POLICY));
          AtomicFiles.replace(work.resolve(SUMS), RunJson.pretty(RunJson.tree(sums)));
          sum[0] = sha256(sums);
        });
    AtomicFiles.syncFolder(folder);
    return sum[0];
  }

  /** What is wrong with a checkpoint; empty if it is whole. */
  String fault(String name, String sha256) throws IOException {
    Path checkpoint = folder.resolve(name);
    Path sumsFile = checkpoint.resolve(SUMS);
    if (!Files.isRegularFile(sumsFile)) {
      return checkpoint + " is not there";
    }
    Map<String, String> found = sums(saved(name));
    if (sha256(found).equals(sha256)) {
      return "";
    }
    try {
      JsonNode expected = RunJson.MAPPER.readTree(InputFiles.text(sumsFile));
      for (Map.Entry<String, JsonNode> e : expected.properties()) {
        if (!e.getValue().asText().equals(found.get(e.getKey()))) {
          return checkpoint.resolve(POLICY).resolve(e.getKey()) + " is damaged or missing";
        }
      }
    } catch (JsonProcessingException e) {
      return sumsFile + " is damaged";
    }
    return checkpoint + " does not agree with its checksum";
  }

  /** Where what was saved is. */
  Path saved(String name) {
    return folder.resolve(name).resolve(POLICY);
  }

  /** Deletes the checkpoints of all other iterations, and what a killed process left half done. */
  void retainIterations(Set<String> names) throws IOException {
    retain(names, name -> !name.startsWith(STEP));
  }

  /** Deletes the checkpoints of all other steps. */
  void retainSteps(Set<String> names) throws IOException {
    retain(names, name -> name.startsWith(STEP));
  }

  private void retain(Set<String> kept, Predicate<String> among) throws IOException {
    List<Path> others;
    try (Stream<Path> paths = Files.list(folder)) {
      others =
          paths
              .filter(p -> among.test(p.getFileName().toString()))
              .filter(p -> !kept.contains(p.getFileName().toString()))
              .toList();
    }
    for (Path checkpoint : others) {
      AtomicFiles.delete(checkpoint);
    }
  }

  private static Map<String, String> sums(Path policy) throws IOException {
    Map<String, String> sums = new TreeMap<>();
    if (Files.isDirectory(policy)) {
      try (Stream<Path> paths = Files.walk(policy)) {
        for (Path file : paths.filter(Files::isRegularFile).toList()) {
          sums.put(policy.relativize(file).toString().replace('\\', '/'), AtomicFiles.sha256(file));
        }
      }
    }
    return sums;
  }

  private static String sha256(Map<String, String> sums) {
    StringBuilder all = new StringBuilder();
    sums.forEach((file, sum) -> all.append(sum).append("  ").append(file).append('\n'));
    return Hashing.sha256().hashString(all, StandardCharsets.UTF_8).toString();
  }
}
