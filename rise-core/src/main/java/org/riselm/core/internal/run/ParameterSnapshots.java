package org.riselm.core.internal.run;

import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.riselm.core.policy.TrainablePolicy;

/** A policy's parameters after earlier iterations: in the run directory, or in a temporary one. */
public final class ParameterSnapshots implements AutoCloseable {
  private final @Nullable RunDirectory directory;
  private final TrainablePolicy policy;
  private final Map<Integer, Path> saved = new HashMap<>();
  private @Nullable Path temporary;

  public ParameterSnapshots(@Nullable RunDirectory directory, TrainablePolicy policy) {
    this.directory = directory;
    this.policy = policy;
  }

  /** Keeps the policy's parameters as those after {@code iteration}; a run directory has them. */
  public void save(int iteration) {
    if (directory != null || saved.containsKey(iteration)) {
      return;
    }
    try {
      if (temporary == null) {
        temporary = Files.createTempDirectory("rise-");
      }
      Path folder = temporary.resolve("iteration-" + iteration);
      policy.save(folder);
      saved.put(iteration, folder);
    } catch (IOException e) {
      throw new UncheckedIOException("the parameters could not be kept aside: " + e, e);
    }
  }

  /** Gives the policy the parameters it had after {@code iteration}, which must be kept. */
  public void restore(int iteration) {
    if (directory != null) {
      directory.restore(iteration, policy);
      return;
    }
    Path folder = saved.get(iteration);
    if (folder == null) {
      throw new IllegalStateException("the parameters of iteration " + iteration + " are gone");
    }
    try {
      policy.restore(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "the parameters of iteration " + iteration + " could not be taken back: " + e, e);
    }
  }

  /** Forgets all but those of {@code iterations}; a run directory keeps its own count. */
  public void keepOnly(Set<Integer> iterations) {
    for (int iteration : new HashSet<>(saved.keySet())) {
      if (!iterations.contains(iteration)) {
        delete(saved.remove(iteration));
      }
    }
  }

  private static void delete(@Nullable Path folder) {
    try {
      if (folder != null && Files.exists(folder)) {
        MoreFiles.deleteRecursively(folder, RecursiveDeleteOption.ALLOW_INSECURE);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    saved.clear();
    delete(temporary);
    temporary = null;
  }
}
