package org.riselm.onnx.internal.device;

import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * The folders in which shared libraries are looked for, in order.
 *
 * @param folders each with what names it, for people to read
 */
public record LibraryFolders(Map<Path, String> folders) {
  /** The system property, and in upper case with underscores the variable, of folders to add. */
  public static final String PROPERTY = "rise.cuda.path";

  private static final List<String> STANDARD =
      List.of(
          "/lib/x86_64-linux-gnu",
          "/usr/lib/x86_64-linux-gnu",
          "/lib64",
          "/usr/lib64",
          "/lib",
          "/usr/lib",
          "/usr/local/lib");

  public LibraryFolders {
    folders = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(folders));
  }

  /**
   * This machine's: those the user names by {@value #PROPERTY} or RISE_CUDA_PATH, those of the
   * dynamic loader, and where CUDA's installers and Python wheels put their libraries.
   */
  public static LibraryFolders ofThisMachine() {
    Search search = new Search();
    search.list(System.getProperty(PROPERTY), "-D" + PROPERTY);
    search.list(System.getenv("RISE_CUDA_PATH"), "RISE_CUDA_PATH");
    search.list(System.getenv("LD_LIBRARY_PATH"), "LD_LIBRARY_PATH");
    search.configuration(Path.of("/etc/ld.so.conf"));
    search.matching(Path.of("/etc/ld.so.conf.d"), "*.conf").forEach(search::configuration);
    STANDARD.forEach(f -> search.add(Path.of(f), "the system"));
    for (Path cuda : search.matching(Path.of("/usr/local"), "cuda*")) {
      search.add(cuda.resolve("lib64"), "CUDA's installer");
      search.add(cuda.resolve("targets/x86_64-linux/lib"), "CUDA's installer");
    }
    search.add(Path.of("/usr/local/nvidia/lib64"), "the driver's container mount");
    search.python(System.getenv("VIRTUAL_ENV"));
    search.python(System.getenv("CONDA_PREFIX"));
    search.python("/usr/local");
    return new LibraryFolders(search.found);
  }

  /** Where {@code library} is, in the first folder that has it. */
  public Optional<Path> find(String library) {
    return folders.keySet().stream().map(f -> f.resolve(library)).filter(Files::exists).findFirst();
  }

  /** Files of the same library in other versions: of libcudnn.so.9, libcudnn.so.8. */
  public List<Path> otherVersions(String library) {
    int at = library.indexOf(".so");
    String stem = at < 0 ? library : library.substring(0, at);
    TreeSet<Path> others = new TreeSet<>();
    for (Path folder : folders.keySet()) {
      others.addAll(Search.files(folder, stem + ".so.*"));
    }
    others.removeIf(p -> p.getFileName().toString().startsWith(library));
    return List.copyOf(others);
  }

  private static final class Search {
    private final Map<Path, String> found = new LinkedHashMap<>();

    void add(Path folder, String source) {
      if (Files.isDirectory(folder)) {
        found.putIfAbsent(folder, source);
      }
    }

    void list(@org.jspecify.annotations.Nullable String folders, String source) {
      if (folders == null) {
        return;
      }
      for (String f : com.google.common.base.Splitter.on(File.pathSeparatorChar).split(folders)) {
        if (!f.isBlank()) {
          add(Path.of(f), source);
        }
      }
    }

    /** The folders that a file of the dynamic loader's configuration lists. */
    void configuration(Path file) {
      if (!Files.isRegularFile(file)) {
        return;
      }
      try {
        for (String line : Files.readAllLines(file)) {
          String folder = line.strip();
          if (folder.startsWith("/")) {
            add(Path.of(folder), file.toString());
          }
        }
      } catch (IOException e) {
        // What cannot be read cannot tell of folders; the others still do.
        return;
      }
    }

    /** The folders into which NVIDIA's Python wheels unpack, below an environment. */
    void python(@org.jspecify.annotations.Nullable String environment) {
      if (environment == null) {
        return;
      }
      for (Path python : matching(Path.of(environment, "lib"), "python3*")) {
        for (String packages : List.of("site-packages", "dist-packages")) {
          for (Path wheel : matching(python.resolve(packages).resolve("nvidia"), "*")) {
            add(wheel.resolve("lib"), "Python's packages");
          }
        }
      }
    }

    List<Path> matching(Path folder, String pattern) {
      return files(folder, pattern);
    }

    static List<Path> files(Path folder, String pattern) {
      List<Path> matching = new ArrayList<>();
      if (Files.isDirectory(folder)) {
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder, pattern)) {
          stream.forEach(matching::add);
        } catch (IOException | DirectoryIteratorException e) {
          // A folder that may not be listed is as good as empty here.
          return List.of();
        }
      }
      matching.sort(null);
      return matching;
    }
  }
}
