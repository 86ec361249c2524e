package org.riselm.onnx.internal.jinja;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.riselm.onnx.internal.jinja.TemplateException.Kind;

/** Which characters of a rendering came from data. */
class RenderedTextTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** The text with everything that came from data in upper case, where the data are lower case. */
  private static String shouted(String template, String data) {
    RenderedText traced =
        Template.parse(template).trace(Map.of("x", new UserText(data)), RenderOptions.ofDefaults());
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < traced.length(); i++) {
      char c = traced.text().charAt(i);
      out.append(traced.isData(i) ? Character.toUpperCase(c) : c);
    }
    return out.toString();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '@',
      quoteCharacter = '$',
      textBlock =
          """
          a{{ x }}b                                      @ aA BCb
          a{{ x | trim }}b{{ x ~ 'c' }}                  @ aA BCbA BCc
          {{ x.split(' ')[1] + 'd' }}{{ x[0] }}a         @ BCdAa
          {{ x.replace('b', 'de') }}{{ 'a'.replace('a', x) }} @ A deCA BC
          {{ '<' ~ x.upper() ~ '>' }}{{ x | length }}    @ <A BC>4
          {{ x | tojson }}{{ [x] }}                      @ "A BC"['A BC']
          {{ 'y' if x == 'a bc' and 'bc' in x and x.startswith('a') else 'n' }} @ y
          {% set s %}({{ x }}){% endset %}{{ s.strip('(') }} @ A BC)
          {% macro m(v) %}v{{ v }}{% endmacro %}{{ m(x) | replace('v', 'w') }} @ wA BC
          {{ x.split() | join('+') }}{{ x.rsplit(' ', 1)[0] }}    @ A+BCA
          {% for c in x %}{{ c if c != ' ' else '_' }}{% endfor %} @ A_BC
          {{ {'a bc': 'found'}[x] }}                     @ found
          {{ x | upper | lower }}{{ x | capitalize }}    @ A BCA BC
          {{ x.find('bc') }}{{ x.partition(' ')[2] }}{{ x.rpartition(' ')[0] }} @ 2BCA
          """)
  void dataAreKnownAgain(String template, String expected) {
    assertEquals(expected, shouted(template, "a bc"));
  }

  @Test
  void escapesOfDataAreData() {
    assertEquals("\"A\\N\\\"\"", shouted("{{ x | tojson }}", "a\n\""));
  }

  @Test
  void surrogatesOfDataStayPairs() {
    // The low half of this one lies at the distance of a tab.
    String dragon = "\uD83D\uDC09";
    RenderedText traced =
        Template.parse("{{ x.split() | join('|') }}{{ x | trim }}{{ x | upper }}{{ x | title }}")
            .trace(Map.of("x", new UserText(dragon + "a")), RenderOptions.ofDefaults());
    String upper = dragon + "A";
    assertEquals(dragon + "a" + dragon + "a" + upper + dragon + "a", traced.text());
    assertFalse(traced.isData(1));
    assertTrue(traced.isData(2));
    assertEquals("\uFFFDa", RenderedText.ofData("\uDC41a").text());
  }

  @Test
  void generatedPartsAreTold() {
    RenderedText traced =
        Template.parse("u{% generation %}{{ x }}!{% endgeneration %}v")
            .trace(Map.of("x", new UserText("abc")), RenderOptions.ofDefaults());
    assertEquals("uabc!v", traced.text());
    assertEquals(List.of(new RenderedText.Span(1, 5)), traced.generations());
    assertEquals(4, traced.endOfData());
    assertTrue(traced.isMarkup("!v", 4));
    assertFalse(traced.isMarkup("c!", 3));
  }

  @Test
  void aChangeThatHidesItsOriginIsRefused() {
    TemplateException e =
        assertThrows(TemplateException.class, () -> shouted("{{ x | upper }}", "stra\u00DFe"));
    assertEquals(Kind.UNSUPPORTED, e.kind());
  }

  static List<org.junit.jupiter.params.provider.Arguments> renderings() {
    return GoldenTest.renderings().toList();
  }

  /** Tracing changes no text: a comparison that sees shadows would change some. */
  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("renderings")
  void tracingChangesNothing(
      String template,
      String conversation,
      String source,
      JsonNode variables,
      JsonNode jinja,
      RenderOptions options) {
    Map<String, Object> map = JSON.convertValue(variables, new TypeReference<>() {});
    Map<String, Object> data = new LinkedHashMap<>();
    map.forEach((name, value) -> data.put(name, UserText.in(value)));
    if (jinja.has("text")) {
      RenderedText traced = Template.parse(source).trace(data, options);
      assertEquals(jinja.path("text").asText(), traced.text());
    } else {
      assertThrows(TemplateException.class, () -> Template.parse(source).trace(data, options));
    }
  }

  @Property(tries = 500)
  void markupIsNeverData(@ForAll("texts") String text) {
    String source = "<|{{ x | trim }}|>{% for w in x.split() %}<{{ w }}>{% endfor %}";
    RenderedText traced =
        Template.parse(source).trace(Map.of("x", new UserText(text)), RenderOptions.ofDefaults());
    String trimmed =
        Template.parse("{{ x | trim }}").render(Map.of("x", text), RenderOptions.ofDefaults());
    assertTrue(traced.text().startsWith("<|" + trimmed + "|>"));
    for (int i = 0; i < traced.length(); i++) {
      boolean inside = i >= 2 && i < 2 + trimmed.length();
      if (i < 4 + trimmed.length()) {
        char c = traced.text().charAt(i);
        assertEquals(inside && c < 0x3f0, traced.isData(i), traced.text());
      }
    }
  }

  @Provide
  Arbitrary<String> texts() {
    return Arbitraries.oneOf(
            Arbitraries.integers()
                .between(0, Character.MAX_CODE_POINT)
                .filter(c -> c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE)
                .map(Character::toString),
            Arbitraries.of(
                "<|", "|>", "<", ">", " ", "\n", "\u00A0", "\u3000", "a", "\uD83D\uDC09"))
        .list()
        .ofMaxSize(20)
        .map(parts -> String.join("", parts));
  }
}
