package org.riselm.onnx.internal.jinja;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Broken and random templates: whatever comes in, a text or a named error comes out. */
class TemplateFuzzTest {
  // The documented size of a run. The seed changes nothing but which inputs are tried.
  private static final int INPUTS = 100_000;
  private static final long SEED = Long.getLong("rise.fuzz.seed", 20260101L);
  private static final RenderOptions SMALL = RenderOptions.ofDefaults().withMaxWork(3_000);
  private static final Map<String, Object> VARIABLES =
      Map.of(
          "messages",
          List.of(
              Map.of("role", "user", "content", new UserText("hé😀 a")),
              Map.of("role", "assistant")),
          "x",
          Map.of("items", List.of(1, 2.5, true), "y", new UserText("text")),
          "bos_token",
          "<s>");
  private static final String[] TOKENS = {
    "{{",
    "}}",
    "{%",
    "%}",
    "{#",
    "#}",
    "-%}",
    "{%-",
    "{{-",
    "-}}",
    "+%}",
    "if",
    "elif",
    "else",
    "endif",
    "for",
    "in",
    "endfor",
    "set",
    "endset",
    "macro",
    "endmacro",
    "call",
    "endcall",
    "filter",
    "endfilter",
    "with",
    "endwith",
    "raw",
    "endraw",
    "generation",
    "endgeneration",
    "break",
    "continue",
    "recursive",
    "is",
    "not",
    "and",
    "or",
    "none",
    "true",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ",",
    ".",
    ":",
    "|",
    "=",
    "==",
    "!=",
    "<",
    ">",
    "+",
    "-",
    "*",
    "**",
    "/",
    "//",
    "%",
    "~",
    "'a'",
    "\"b\\n\"",
    "'",
    "\\",
    "0",
    "1",
    "-1",
    "2.5",
    "1e9",
    "99999999999",
    "x",
    "messages",
    "loop",
    "loop.last",
    "namespace",
    "range(9)",
    "dict",
    "m",
    "length",
    "tojson",
    "trim",
    "map",
    "select",
    "join",
    "sort",
    "first",
    "list",
    "split",
    "items",
    "default",
    "string",
    "mapping",
    "defined",
    ".items()",
    ".split('a')",
    "[::-1]",
    "[1:]",
    " ",
    "\n",
    "é",
    "😀",
    "\ud800",
    "\u0000"
  };

  @Test
  void onlyNamedErrorsComeOut() {
    SplittableRandom random = new SplittableRandom(SEED);
    List<String> sources = new ArrayList<>();
    GoldenTest.golden().path("templates").forEach(t -> sources.add(t.path("source").asText()));
    int rendered = 0;
    for (int i = 0; i < INPUTS; i++) {
      String source =
          i % 2 == 0
              ? soup(random)
              : mutated(sources.get(random.nextInt(sources.size())), sources, random);
      rendered += survives(source) ? 1 : 0;
    }
    // The fuzzer would test little if next to nothing got through the parser.
    assertTrue(rendered > INPUTS / 100, "only " + rendered + " inputs could be rendered");
  }

  private static boolean survives(String source) {
    try {
      // It compares what it traces with what it renders without.
      Template.parse(source).trace(VARIABLES, SMALL);
      return true;
    } catch (TemplateException e) {
      assertTrue(e.line() >= 1 && e.column() >= 1, () -> e.getMessage() + " in " + source);
      return false;
    } catch (RuntimeException | StackOverflowError e) {
      return fail("seed " + SEED + ", template " + source, e);
    }
  }

  private static String soup(SplittableRandom random) {
    StringBuilder out = new StringBuilder();
    boolean framed = random.nextBoolean();
    out.append(framed ? "{{ " : "");
    int tokens = 1 + random.nextInt(framed ? 8 : 30);
    for (int i = 0; i < tokens; i++) {
      out.append(TOKENS[random.nextInt(TOKENS.length)]);
      out.append(random.nextInt(3) == 0 ? "" : " ");
    }
    return out.append(framed ? " }}" : "").toString();
  }

  private static String mutated(String source, List<String> others, SplittableRandom random) {
    // A window keeps inputs short, so that a mutation is met early.
    int from = source.length() < 400 ? 0 : random.nextInt(source.length() - 300);
    StringBuilder out =
        new StringBuilder(source.substring(from, Math.min(source.length(), from + 400)));
    int changes = 1 + random.nextInt(4);
    for (int i = 0; i < changes && out.length() > 1; i++) {
      int at = random.nextInt(out.length());
      int end = Math.min(out.length(), at + 1 + random.nextInt(8));
      switch (random.nextInt(5)) {
        case 0 -> out.delete(at, end);
        case 1 -> out.insert(at, TOKENS[random.nextInt(TOKENS.length)]);
        case 2 -> out.insert(at, out.substring(at, end).repeat(1 + random.nextInt(3)));
        case 3 -> out.setLength(at);
        default -> {
          String other = others.get(random.nextInt(others.size()));
          int start = random.nextInt(other.length());
          out.insert(at, other, start, Math.min(other.length(), start + 30));
        }
      }
    }
    return out.toString();
  }
}
