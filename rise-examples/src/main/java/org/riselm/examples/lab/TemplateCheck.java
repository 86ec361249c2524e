package org.riselm.examples.lab;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.riselm.examples.Arguments;
import org.riselm.onnx.internal.jinja.RenderOptions;
import org.riselm.onnx.internal.jinja.Template;
import org.riselm.onnx.internal.jinja.TemplateException;
import org.riselm.onnx.internal.jinja.UserText;

/**
 * Renders the chat templates of a folder over a set of conversations, and compares the texts byte
 * for byte with Jinja2's. Writes nothing but its report.
 *
 * <pre>run TemplateCheck FOLDER [--python python3]</pre>
 *
 * <p>A rendering is <em>equal</em> (the same bytes; or both fail, in the same words where the
 * template itself refuses), <em>refused</em> (Jinja2 renders it, this does not, or cannot tell
 * which characters came from the conversation, and says so) or <em>different</em>. A template is as
 * its worst rendering. Ends with 1 if any is different.
 */
public final class TemplateCheck {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final LocalDateTime NOW = LocalDateTime.of(2024, 3, 9, 8, 5, 7);
  private static final RenderOptions OPTIONS =
      RenderOptions.ofDefaults()
          .withClock(Clock.fixed(NOW.toInstant(ZoneOffset.UTC), ZoneOffset.UTC));

  /** How a rendering compares, from best to worst. */
  enum Verdict {
    EQUAL,
    REFUSED,
    DIFFERENT
  }

  private static final String USAGE =
      """
      Usage: run TemplateCheck FOLDER [--python python3]
        FOLDER      with chat templates, *.jinja, which are rendered here and by Jinja2
        --python P  a Python that has jinja2 3.1 or later
      """;

  private TemplateCheck() {}

  public static void main(String[] args) {
    Arguments.run(USAGE, args, given -> given, TemplateCheck::start);
  }

  private static void start(String[] args) throws IOException {
    Arguments.requireCount(args, 1, 3, "a folder");
    Arguments options =
        new Arguments(Arrays.copyOfRange(args, 1, args.length), Set.of("python"), Set.of());
    Map<String, String> templates = templates(Path.of(args[0]));
    Map<String, Map<String, Object>> cases = cases();
    JsonNode expected = jinja(options.get("python").orElse("python3"), templates, cases);
    if (!report(templates, cases, expected)) {
      throw new IllegalStateException("a rendering differs from Jinja2's");
    }
  }

  private static boolean report(
      Map<String, String> templates, Map<String, Map<String, Object>> cases, JsonNode expected) {
    Map<Verdict, Integer> renderings = new EnumMap<>(Verdict.class);
    Map<Verdict, Integer> whole = new EnumMap<>(Verdict.class);
    templates.forEach(
        (name, source) -> {
          Verdict worst = Verdict.EQUAL;
          for (Map.Entry<String, Map<String, Object>> c : cases.entrySet()) {
            JsonNode theirs = expected.path(name).path(c.getKey());
            Outcome ours = Outcome.of(source, c.getValue());
            Verdict verdict = ours.against(theirs);
            renderings.merge(verdict, 1, Integer::sum);
            worst = verdict.compareTo(worst) > 0 ? verdict : worst;
            if (verdict != Verdict.EQUAL) {
              System.out.printf("%s, %s: %s%n", name, c.getKey(), verdict);
              System.out.printf("  ours:   %s%n  Jinja2: %s%n", ours, theirs);
            }
          }
          whole.merge(worst, 1, Integer::sum);
        });
    System.out.println("templates:  " + counts(whole));
    System.out.println("renderings: " + counts(renderings));
    return !whole.isEmpty() && !whole.containsKey(Verdict.DIFFERENT);
  }

  private static String counts(Map<Verdict, Integer> of) {
    return "%d equal, %d refused, %d different"
        .formatted(
            of.getOrDefault(Verdict.EQUAL, 0),
            of.getOrDefault(Verdict.REFUSED, 0),
            of.getOrDefault(Verdict.DIFFERENT, 0));
  }

  /** What this library makes of a template: a text, or an error. */
  record Outcome(String text, boolean failed, boolean raised) {
    static Outcome of(String source, Map<String, Object> variables) {
      try {
        Map<String, Object> marked = new LinkedHashMap<>(variables);
        marked.replaceAll((name, value) -> name.endsWith("_token") ? value : UserText.in(value));
        return new Outcome(Template.parse(source).trace(marked, OPTIONS).text(), false, false);
      } catch (TemplateException e) {
        boolean raised = e.kind() == TemplateException.Kind.RAISED;
        return new Outcome(
            raised ? e.detail() : requireNonNull(e.getMessage(), "message"), true, raised);
      }
    }

    Verdict against(JsonNode theirs) {
      if (theirs.has("text")) {
        return failed ? Verdict.REFUSED : verdict(text.equals(theirs.path("text").asText()));
      }
      boolean theirsRaised = theirs.path("error").asText().equals("raised");
      if (!failed) {
        return Verdict.DIFFERENT;
      }
      return verdict(!raised || !theirsRaised || text.equals(theirs.path("message").asText()));
    }

    private static Verdict verdict(boolean equal) {
      return equal ? Verdict.EQUAL : Verdict.DIFFERENT;
    }
  }

  /** The sources of the *.jinja files in {@code folder} and below, by their path in it. */
  static Map<String, String> templates(Path folder) throws IOException {
    Map<String, String> out = new TreeMap<>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(TemplateCheck::isTemplate).toList()) {
        out.put(folder.relativize(file).toString(), Files.readString(file));
      }
    }
    return out;
  }

  private static boolean isTemplate(Path file) {
    return file.toString().endsWith(".jinja") && Files.isRegularFile(file);
  }

  /** The conversations, with what transformers adds to each. */
  static Map<String, Map<String, Object>> cases() throws IOException {
    Map<String, Map<String, Object>> out = new LinkedHashMap<>();
    Map<String, Map<String, Object>> written =
        JSON.readValue(resource("template_cases.json"), new TypeReference<>() {});
    written.forEach(
        (name, own) -> {
          Map<String, Object> variables = new LinkedHashMap<>();
          variables.put("tools", null);
          variables.put("documents", null);
          variables.put("bos_token", "<s>");
          variables.put("eos_token", "</s>");
          variables.putAll(own);
          out.put(name, variables);
        });
    return out;
  }

  private static JsonNode jinja(
      String python, Map<String, String> templates, Map<String, Map<String, Object>> cases)
      throws IOException {
    String script = new String(resource("render_templates.py"), StandardCharsets.UTF_8);
    Process process =
        new ProcessBuilder(python, "-c", script)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    byte[] request =
        JSON.writeValueAsBytes(
            Map.of("now", NOW.toString(), "templates", templates, "cases", cases));
    try (OutputStream in = process.getOutputStream()) {
      in.write(request);
    }
    JsonNode answer = JSON.readTree(process.getInputStream());
    try {
      if (process.waitFor() != 0) {
        throw new IOException(python + " failed; it needs jinja2 3.1 or later");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while Jinja2 rendered", e);
    }
    return answer;
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in = TemplateCheck.class.getResourceAsStream(name)) {
      return requireNonNull(in, name).readAllBytes();
    }
  }
}
