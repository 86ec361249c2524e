package org.riselm.spark.internal;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.jspecify.annotations.Nullable;
import org.riselm.core.policy.TrainablePolicy;

/**
 * The trained parameters on their way to the executors: the files that the policy saves, in a
 * broadcast or in a folder that all machines see. Each change is a new version.
 */
final class Parameters implements AutoCloseable {
  private static final long MOST_BROADCAST_BYTES = 1L << 30;

  private final JavaSparkContext context;
  private final TrainablePolicy policy;
  private final @Nullable Path shared;
  private int version;
  private @Nullable Version current;

  Parameters(JavaSparkContext context, TrainablePolicy policy, @Nullable Path shared) {
    this.context = context;
    this.policy = policy;
    this.shared = shared;
  }

  /** Says that the parameters are others now. */
  synchronized void changed() {
    Version old = current;
    current = null;
    if (old != null) {
      old.delete();
    }
  }

  /** The parameters as they are. */
  synchronized Version current() {
    if (current == null) {
      version++;
      try {
        current = shared == null ? broadcast() : saved(shared);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return current;
  }

  private Version saved(Path folder) throws IOException {
    Path target = folder.resolve("parameters-" + version);
    deleteTree(target);
    policy.save(target);
    return new Version(version, target.toString(), null);
  }

  private Version broadcast() throws IOException {
    Path parent = Files.createTempDirectory("rise-spark");
    try {
      Path folder = parent.resolve("parameters");
      policy.save(folder);
      Map<String, byte[]> files = new LinkedHashMap<>();
      long bytes = 0;
      for (Path file : filesBelow(folder)) {
        bytes += Files.size(file);
        if (bytes > MOST_BROADCAST_BYTES) {
          throw new IllegalStateException(
              "the trained parameters take more than 1 GiB, which is too much for a broadcast; set"
                  + " SparkPolicyBuilder.sharedFolder to a folder that all machines see, or train"
                  + " adapters");
        }
        files.put(folder.relativize(file).toString(), Files.readAllBytes(file));
      }
      return new Version(version, null, context.broadcast(files));
    } finally {
      deleteTree(parent);
    }
  }

  private static List<Path> filesBelow(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).sorted().toList();
    }
  }

  private static void deleteTree(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  @Override
  public void close() {
    changed();
  }

  /**
   * One version, for executors to restore.
   *
   * @param number counts them, from 1
   * @param folder where it is saved; null if it is broadcast
   * @param files its files by their names; null if it is saved
   */
  record Version(
      int number, @Nullable String folder, @Nullable Broadcast<Map<String, byte[]>> files)
      implements Serializable {
    /** Gives them to {@code policy}. */
    void restore(TrainablePolicy policy) throws IOException {
      if (folder != null) {
        policy.restore(Path.of(folder));
        return;
      }
      Path parent = Files.createTempDirectory("rise-spark");
      try {
        for (var file : requireNonNull(files).value().entrySet()) {
          Path path = parent.resolve(file.getKey());
          Files.createDirectories(requireNonNull(path.getParent()));
          Files.write(path, file.getValue());
        }
        policy.restore(parent);
      } finally {
        deleteTree(parent);
      }
    }

    private void delete() {
      try {
        if (folder != null) {
          deleteTree(Path.of(folder));
        } else {
          requireNonNull(files).destroy();
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
