package org.riselm.onnx.internal.jinja;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.riselm.onnx.internal.jinja.TemplateException.Kind;

/** What Jinja2 made of templates.txt; make_golden.py beside it recorded it. */
class GoldenTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  static JsonNode golden() {
    try (InputStream in = GoldenTest.class.getResourceAsStream("golden.json")) {
      return JSON.readTree(requireNonNull(in));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  static Stream<Arguments> renderings() {
    JsonNode golden = golden();
    Clock clock =
        Clock.fixed(
            LocalDateTime.parse(golden.path("now").asText()).toInstant(ZoneOffset.UTC),
            ZoneOffset.UTC);
    List<Arguments> out = new ArrayList<>();
    RenderOptions options = RenderOptions.ofDefaults().withClock(clock);
    for (Map.Entry<String, JsonNode> t : golden.path("templates").properties()) {
      String source = t.getValue().path("source").asText();
      for (Map.Entry<String, JsonNode> c : t.getValue().path("texts").properties()) {
        JsonNode variables = golden.path("cases").path(c.getKey());
        out.add(Arguments.of(t.getKey(), c.getKey(), source, variables, c.getValue(), options));
      }
    }
    return out.stream();
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("renderings")
  void rendersWhatJinjaRenders(
      String template,
      String conversation,
      String source,
      JsonNode variables,
      JsonNode jinja,
      RenderOptions options) {
    Map<String, Object> map = JSON.convertValue(variables, new TypeReference<>() {});
    if (jinja.has("text")) {
      assertEquals(jinja.path("text").asText(), Template.parse(source).render(map, options));
      return;
    }
    TemplateException e =
        assertThrows(TemplateException.class, () -> Template.parse(source).render(map, options));
    boolean raised = jinja.path("error").asText().equals("raised");
    assertEquals(raised, e.kind() == Kind.RAISED, e.getMessage());
    if (raised) {
      assertEquals(jinja.path("message").asText(), e.detail());
    }
  }
}
