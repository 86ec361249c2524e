package org.riselm.core.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.hash.Hashing;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.riselm.core.policy.NewFolder;
import org.riselm.core.policy.TrainablePolicy;

/** The parameters after each iteration, each in a folder of its own with its checksums. */
final class Checkpoints {
  private static final String POLICY = "policy";
  private static final String SUMS = "checksums.json";

  private final Path folder;

  Checkpoints(Path folder) throws IOException {
    this.folder = Files.createDirectories(folder);
  }

  static String name(int iteration) {
    return String.format(Locale.ROOT, "iteration-%04d", iteration);
  }

  /** Saves {@code policy}; the checkpoint appears whole or not at all. Returns its SHA-256. */
  String save(int iteration, TrainablePolicy policy) throws IOException {
    Path target = folder.resolve(name(iteration));
    if (Files.exists(target)) {
      Disk.delete(target);
    }
    String[] sum = new String[1];
    NewFolder.write(
        target,
        work -> {
          policy.save(work.resolve(POLICY));
          Map<String, String> sums = sums(work.resolve(POLICY));
          for (String file : sums.keySet()) {
            Disk.syncFile(work.resolve(POLICY).resolve(file));
          }
          Disk.syncFolder(work.resolve(POLICY));
          ObjectNode json = RunJson.MAPPER.valueToTree(sums);
          Disk.replace(work.resolve(SUMS), json.toPrettyString() + "\n");
          sum[0] = sha256(sums);
        });
    Disk.syncFolder(folder);
    return sum[0];
  }

  /** What is wrong with the checkpoint of {@code iteration}; empty if it is whole. */
  String fault(int iteration, String sha256) throws IOException {
    Path checkpoint = folder.resolve(name(iteration));
    Path sumsFile = checkpoint.resolve(SUMS);
    if (!Files.isRegularFile(sumsFile)) {
      return checkpoint + " is not there";
    }
    Map<String, String> found = sums(checkpoint.resolve(POLICY));
    if (sha256(found).equals(sha256)) {
      return "";
    }
    try {
      JsonNode expected = RunJson.MAPPER.readTree(Files.readAllBytes(sumsFile));
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

  void restore(int iteration, TrainablePolicy policy) throws IOException {
    policy.restore(folder.resolve(name(iteration)).resolve(POLICY));
  }

  /** Deletes the checkpoints of all other iterations, and what a killed process left half done. */
  void retain(Set<Integer> iterations) throws IOException {
    Set<String> kept = new HashSet<>();
    iterations.forEach(i -> kept.add(name(i)));
    List<Path> all;
    try (Stream<Path> paths = Files.list(folder)) {
      all = paths.filter(p -> !kept.contains(p.getFileName().toString())).toList();
    }
    for (Path checkpoint : all) {
      Disk.delete(checkpoint);
    }
  }

  private static Map<String, String> sums(Path policy) throws IOException {
    Map<String, String> sums = new TreeMap<>();
    if (Files.isDirectory(policy)) {
      try (Stream<Path> paths = Files.walk(policy)) {
        for (Path file : paths.filter(Files::isRegularFile).toList()) {
          sums.put(policy.relativize(file).toString().replace('\\', '/'), Disk.sha256(file));
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
