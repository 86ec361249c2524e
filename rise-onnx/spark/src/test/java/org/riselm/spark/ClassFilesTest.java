package org.riselm.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.riselm.core.policy.Policy;
import org.riselm.onnx.OnnxPolicy;

/** What class files of the library refer to, and what the page says of them. */
class ClassFilesTest {
  private interface Reading<T> {
    T of(Path root) throws IOException;
  }

  /** Reads the jar or folder of a class. */
  private static <T> T read(Class<?> one, Reading<T> reading)
      throws IOException, URISyntaxException {
    Path output = Path.of(one.getProtectionDomain().getCodeSource().getLocation().toURI());
    if (Files.isDirectory(output)) {
      return reading.of(output);
    }
    try (FileSystem jar = FileSystems.newFileSystem(output)) {
      return reading.of(jar.getPath("/"));
    }
  }

  /** The classes of a package and those below it that refer to something. */
  private static List<String> references(Class<?> one, String parent, String to)
      throws IOException, URISyntaxException {
    return read(
        one,
        root -> {
          List<String> found = new ArrayList<>();
          int all = 0;
          try (Stream<Path> files = Files.walk(root.resolve(parent))) {
            for (Path file : files.filter(f -> f.toString().endsWith(".class")).toList()) {
              all++;
              if (new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).contains(to)) {
                found.add(file.getFileName().toString());
              }
            }
          }
          assertTrue(all > 10, parent);
          return found;
        });
  }

  @Test
  void noOtherJarRefersToSpark() throws Exception {
    assertEquals(List.of(), references(Policy.class, "org/riselm/core", "org/apache/spark"));
    assertEquals(List.of(), references(OnnxPolicy.class, "org/riselm/onnx", "org/apache/spark"));
    assertTrue(references(SparkPolicy.class, "org/riselm/spark", "org/apache/spark").size() > 5);
  }

  @Test
  void nothingRefersToScalaSoThatOneJarServesAllItsVersions() throws Exception {
    assertEquals(List.of(), references(SparkPolicy.class, "org/riselm/spark", "scala/"));
  }

  @Test
  void theJarHasNoClassOfSpark() throws Exception {
    boolean has = read(SparkPolicy.class, root -> Files.exists(root.resolve("org/apache")));
    assertFalse(has);
  }

  @Test
  void thePageNamesEveryOption() throws IOException {
    String page = Files.readString(Path.of("../../docs/spark.md"));
    List<String> options =
        Arrays.stream(SparkPolicyBuilder.class.getDeclaredMethods())
            .filter(m -> Modifier.isPublic(m.getModifiers()))
            .map(Method::getName)
            .toList();
    assertTrue(options.size() > 4, options::toString);
    assertEquals(
        List.of(),
        options.stream().filter(o -> !page.contains(o + "(") && !page.contains("`" + o)).toList());
  }
}
