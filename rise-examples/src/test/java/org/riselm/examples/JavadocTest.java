package org.riselm.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.DiagnosticCollector;
import javax.tools.DocumentationTool;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Checks that what a module exports is documented in full, as {@code -Xdoclint:all} sees it. */
class JavadocTest {
  private static final Pattern EXPORTS =
      Pattern.compile("^ {2}exports ([\\w.]+);", Pattern.MULTILINE);
  // JDK 17 asks for @param at a compact constructor, and for comments on the components of a record
  // that is serializable, which are said to be where its documentation ends; later ones do not.
  private static final Pattern OF_A_RECORD =
      Pattern.compile(
          "\\s*(public|protected) \\w+ \\{.*|\\*/\\s+public record [^{]*\\{.*", Pattern.DOTALL);

  @TempDir Path output;

  @ParameterizedTest
  @ValueSource(strings = {"rise-core", "rise-onnx", "rise-onnx/spark"})
  void everyExportedMemberIsDocumentedInFull(String module) throws IOException {
    Path sources = Path.of("").toAbsolutePath().resolveSibling(module).resolve("src/main/java");
    List<Path> files = new ArrayList<>();
    for (String export : exports(sources.resolve("module-info.java"))) {
      try (Stream<Path> listed = Files.list(sources.resolve(export.replace('.', '/')))) {
        listed.filter(f -> f.toString().endsWith(".java")).forEach(files::add);
      }
    }
    assertEquals(List.of(), complaints(files));
  }

  private static List<String> exports(Path moduleInfo) throws IOException {
    return Files.exists(moduleInfo)
        ? EXPORTS.matcher(Files.readString(moduleInfo)).results().map(m -> m.group(1)).toList()
        : List.of("org.riselm.spark"); // A jar without a module.
  }

  @Test
  void aParameterWithoutAWordIsFound() throws IOException {
    Path file = output.resolve("Half.java");
    Files.writeString(
        file,
        "/** Half. */ public class Half { private Half() {}\n"
            + "/** Does it. */ public static void of(int n) {} }");

    assertEquals(1, complaints(List.of(file)).size());
  }

  private List<String> complaints(List<Path> files) throws IOException {
    DocumentationTool javadoc = ToolProvider.getSystemDocumentationTool();
    DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
    try (StandardJavaFileManager manager = javadoc.getStandardFileManager(found, null, null)) {
      manager.setLocationFromPaths(
          DocumentationTool.Location.DOCUMENTATION_OUTPUT, List.of(output));
      javadoc
          .getTask(
              null,
              manager,
              found,
              null,
              List.of(
                  "-Xdoclint:all",
                  "-Xmaxwarns",
                  "10000",
                  "-protected",
                  "-quiet",
                  "-classpath",
                  System.getProperty("java.class.path")),
              manager.getJavaFileObjectsFromPaths(files))
          .call();
    }
    return found.getDiagnostics().stream()
        .filter(d -> d.getSource() != null)
        .filter(d -> !isOfARecord(d.getSource(), d.getLineNumber()))
        .map(d -> d.getSource().getName() + ":" + d.getLineNumber() + ": " + d.getMessage(null))
        .toList();
  }

  private static boolean isOfARecord(JavaFileObject source, long number) {
    try {
      List<String> lines = source.getCharContent(true).toString().lines().toList();
      int line = (int) number - 1;
      int comment = line;
      while (comment > 0 && !lines.get(comment).endsWith("*/")) {
        comment--;
      }
      String declared = String.join("\n", lines.subList(comment, lines.size())).strip();
      return OF_A_RECORD.matcher(lines.get(line)).matches()
          || (OF_A_RECORD.matcher(declared).matches()
              && declared
                  .substring(0, declared.indexOf('{') + 1)
                  .contains(lines.get(line).strip()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
