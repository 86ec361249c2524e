package org.riselm.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.riselm.core.policy.Query;
import org.riselm.core.policy.SamplingOptions;

/** How native libraries are loaded in a JVM that has done nothing else. */
@Timeout(120)
class NativeLoadingTest {
  @TempDir Path temp;

  /** Samples from the tiny model; says what that threw, or which libraries were mapped. */
  public static final class Program implements Runnable {
    /**
     * Runs.
     *
     * @param arguments a working folder, and where to run: "here", "foreign" for a thread with
     *     another context class loader, or "second" for a second class loader, too
     */
    public static void main(String[] arguments) throws Exception {
      System.setProperty("work", arguments[0]);
      if (arguments[1].equals("foreign")) {
        Thread.currentThread().setContextClassLoader(new URLClassLoader(new URL[0], null));
      }
      new Program().run();
      new Program().run();
      if (arguments[1].equals("second")) {
        ClassLoader second =
            new URLClassLoader(
                Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                    .map(Program::url)
                    .toArray(URL[]::new),
                ClassLoader.getPlatformClassLoader());
        Object program = second.loadClass(Program.class.getName()).getConstructor().newInstance();
        ((Runnable) program).run();
        ((Runnable) program).run();
      }
    }

    private static URL url(String path) {
      try {
        return Path.of(path).toUri().toURL();
      } catch (MalformedURLException e) {
        throw new IllegalArgumentException(path, e);
      }
    }

    @Override
    public void run() {
      try (OnnxPolicy policy = TinyModel.policy(Path.of(System.getProperty("work")), 1)) {
        policy.complete(
            List.of(new Query(TinyModel.state("sky"), 1)), SamplingOptions.ofMaxNewTokens(1));
        System.out.println("works");
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (Throwable e) {
        System.out.println("threw " + e.getClass().getName() + ": " + e.getMessage());
      }
      Path maps = Path.of("/proc/self/maps");
      if (Files.exists(maps)) {
        try (Stream<String> lines = Files.lines(maps)) {
          lines
              .filter(line -> line.contains(".so"))
              .map(line -> line.substring(line.indexOf('/')))
              .distinct()
              .forEach(library -> System.out.println("mapped " + library));
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    }
  }

  private List<String> run(String where, String... settings) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-Xmx256m"));
    command.addAll(List.of(settings));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(Program.class.getName(), temp.toString(), where));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), said);
    return said.lines().toList();
  }

  private static List<String> outcomes(List<String> said) {
    return said.stream().filter(l -> l.startsWith("works") || l.startsWith("threw")).toList();
  }

  @Test
  void aForeignContextClassLoaderDoesNotMatter() throws Exception {
    List<String> said = run("foreign");
    assertEquals(List.of("works", "works"), outcomes(said), said::toString);
  }

  @Test
  void aSecondClassLoaderIsToldWhatToDo() throws Exception {
    List<String> said = run("second");
    List<String> outcomes = outcomes(said);
    assertEquals(List.of("works", "works"), outcomes.subList(0, 2), said::toString);
    assertEquals(4, outcomes.size(), said::toString);
    for (String second : outcomes.subList(2, 4)) {
      assertTrue(second.startsWith("threw java.lang.IllegalStateException"), second);
      assertTrue(second.contains("one class loader"), second);
    }
  }

  @Test
  void aCacheThatCannotBeMadeIsToldWithItsSetting() throws Exception {
    Path file = Files.writeString(temp.resolve("file"), "");
    for (String setting : List.of("org.bytedeco.javacpp.cachedir", "ENGINE_CACHE_DIR")) {
      List<String> outcomes = outcomes(run("here", "-D" + setting + "=" + file.resolve("cache")));
      assertEquals(2, outcomes.size(), outcomes::toString);
      for (String outcome : outcomes) {
        assertTrue(outcome.startsWith("threw java.lang.IllegalStateException"), outcome);
        assertTrue(outcome.contains(setting), outcome);
      }
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void withoutAHomeNothingIsLoadedFromAPlaceThatCanBePredicted() throws Exception {
    Path shared = Files.createDirectory(temp.resolve("shared")).toRealPath();
    Files.setAttribute(shared, "unix:mode", 01777);
    Path home = Files.writeString(temp.resolve("home"), "");
    List<String> said =
        run("here", "-Djava.io.tmpdir=" + shared, "-Duser.home=" + home, "-Duser.name=someone");
    assertEquals(List.of("works", "works"), outcomes(said), said::toString);
    List<String> unpacked =
        said.stream().filter(line -> line.startsWith("mapped " + shared)).toList();
    assertFalse(unpacked.isEmpty(), said::toString);
    for (String library : unpacked) {
      assertTrue(library.startsWith("mapped " + shared.resolve("rise-natives")), library);
    }
    try (Stream<Path> left = Files.list(shared)) {
      assertEquals(
          List.of(),
          left.filter(path -> path.toString().contains("rise-natives")).toList(),
          "left behind");
    }
  }
}
