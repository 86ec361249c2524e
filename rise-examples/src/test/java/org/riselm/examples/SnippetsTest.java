package org.riselm.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Compiles every Java snippet of the documents, and looks for what their commands start. */
class SnippetsTest {
  // The tests run in their module's folder.
  private static final Path ROOT = Path.of("").toAbsolutePath().getParent();
  private static final String IMPORTS =
      Stream.of(
              "java.nio.file",
              "java.time",
              "java.util",
              "dev.langchain4j.model.chat",
              "org.riselm.core",
              "org.riselm.core.evaluation",
              "org.riselm.core.inference",
              "org.riselm.core.mdp",
              "org.riselm.core.objective",
              "org.riselm.core.policy",
              "org.riselm.core.relabel",
              "org.riselm.core.rollout",
              "org.riselm.core.run",
              "org.riselm.core.task",
              "org.riselm.core.task.math",
              "org.riselm.core.teacher",
              "org.riselm.onnx",
              "org.riselm.onnx.artifact",
              "org.riselm.onnx.model",
              "org.riselm.onnx.text",
              "org.riselm.spark")
          .map("import %s.*;\n"::formatted)
          .reduce("", String::concat);

  @TempDir Path output;

  record Snippet(String file, int line, String code) {
    @Override
    public String toString() {
      return file + ":" + line;
    }
  }

  static List<Snippet> java() throws IOException {
    return snippets("java");
  }

  static List<Snippet> shell() throws IOException {
    return snippets("sh");
  }

  private static List<Snippet> snippets(String language) throws IOException {
    List<Path> files = new ArrayList<>();
    for (Path folder : List.of(ROOT, ROOT.resolve("docs"), ROOT.resolve("docs/decisions"))) {
      try (Stream<Path> listed = Files.list(folder)) {
        listed.filter(f -> f.toString().endsWith(".md")).sorted().forEach(files::add);
      }
    }
    Pattern block =
        Pattern.compile("^```" + language + "\\R(.*?)^```", Pattern.MULTILINE | Pattern.DOTALL);
    List<Snippet> snippets = new ArrayList<>();
    for (Path file : files) {
      String text = Files.readString(file);
      for (MatchResult match : block.matcher(text).results().toList()) {
        int line = (int) text.substring(0, match.start()).lines().count() + 1;
        snippets.add(new Snippet(ROOT.relativize(file).toString(), line, match.group(1)));
      }
    }
    assertTrue(snippets.size() > 2, () -> "only " + snippets);
    return snippets;
  }

  @ParameterizedTest
  @MethodSource("java")
  void compiles(Snippet snippet) {
    assertEquals(List.of(), errors(snippet.code()), snippet.code());
  }

  @Test
  void aWrongSnippetIsFound() {
    assertEquals(1, errors("OnnxPolicy.builder(folder).levitate();").size());
  }

  /** The errors of {@code code}, which is statements, or types with or without imports. */
  private List<String> errors(String code) {
    boolean isType =
        Pattern.compile("^(public |final )*(class|record|module) ").matcher(code).find();
    if (isType && code.startsWith("module")) {
      return List.of(); // A consumer outside of the reactor has one of its own.
    }
    String unit =
        isType
            ? "package org.riselm.examples;\n" + IMPORTS + code
            : "package org.riselm.examples;\n"
                + IMPORTS
                + "abstract class Snippet extends Given { void snippet() throws Exception {\n"
                + (code.strip().endsWith(";") || code.strip().endsWith("}")
                    ? code
                    : code.strip() + ";")
                + "\n}}";
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
    JavaFileObject source =
        new SimpleJavaFileObject(URI.create("memory:///Snippet.java"), JavaFileObject.Kind.SOURCE) {
          @Override
          public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return unit;
          }
        };
    compiler
        .getTask(
            null,
            null,
            found,
            List.of(
                "-proc:none",
                "-d",
                output.toString(),
                "-cp",
                System.getProperty("java.class.path")),
            null,
            List.of(source))
        .call();
    return found.getDiagnostics().stream()
        .filter(d -> d.getKind() == Diagnostic.Kind.ERROR)
        .map(d -> d.getMessage(Locale.ROOT))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("shell")
  void startsProgramsThatExist(Snippet snippet) {
    Path sources = ROOT.resolve("rise-examples/src/main/java/org/riselm/examples");
    for (MatchResult match :
        Pattern.compile("(?:rise-examples/run|\\brun) ([A-Z]\\w+)")
            .matcher(snippet.code())
            .results()
            .toList()) {
      String program = match.group(1) + ".java";
      assertTrue(
          Stream.of("", "lab", "lab/bench")
              .anyMatch(p -> Files.exists(sources.resolve(p).resolve(program))),
          () -> "there is no program " + match.group(1));
    }
    for (MatchResult match :
        Pattern.compile("(?<![\\w/])((?:rise-\\w+|docs)/[\\w./-]+)")
            .matcher(snippet.code())
            .results()
            .toList()) {
      if (!match.group(1).contains("target/")) {
        assertTrue(
            Files.exists(ROOT.resolve(match.group(1))), () -> "there is no " + match.group(1));
      }
    }
  }
}
