package org.riselm.examples.consumers;

import com.google.common.base.Splitter;
import java.io.File;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A JDK on this machine.
 *
 * @param feature its version, such as 17
 * @param home its folder
 */
record Jdk(int feature, Path home) {
  private static final int OLDEST = 17;

  /**
   * Finds one JDK of each version from 17 on: the one that runs this, and those that {@code
   * -Drise.jdks} names (folders, separated as on a class path), or else those beside it.
   */
  static List<Jdk> all() throws IOException {
    SortedMap<Integer, Jdk> found = new TreeMap<>();
    for (Path folder : folders()) {
      Path release = folder.resolve("release");
      if (Files.isRegularFile(release) && Files.isExecutable(executable(folder, "javac"))) {
        int feature = feature(release);
        if (feature >= OLDEST) {
          found.putIfAbsent(feature, new Jdk(feature, folder));
        }
      }
    }
    return List.copyOf(found.values());
  }

  /** The {@code java} of this JDK. */
  Path java() {
    return executable(home, "java");
  }

  @Override
  public String toString() {
    return "JDK " + feature;
  }

  private static List<Path> folders() throws IOException {
    Path own = Path.of(System.getProperty("java.home")).toRealPath();
    List<Path> folders = new ArrayList<>(List.of(own));
    String named = System.getProperty("rise.jdks");
    if (named != null) {
      for (String folder : Splitter.on(File.pathSeparatorChar).split(named)) {
        folders.add(Path.of(folder));
      }
      return folders;
    }
    try (DirectoryStream<Path> beside = Files.newDirectoryStream(own.getParent())) {
      beside.forEach(folders::add);
    }
    return folders;
  }

  private static Path executable(Path home, String name) {
    Path file = home.resolve("bin").resolve(name);
    return Files.exists(file) ? file : home.resolve("bin").resolve(name + ".exe");
  }

  private static int feature(Path release) throws IOException {
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(release)) {
      properties.load(reader);
    }
    String version = properties.getProperty("JAVA_VERSION", "0").replace("\"", "");
    return Runtime.Version.parse(version).feature();
  }
}
