package org.riselm.onnx.internal.jinja;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.riselm.onnx.internal.jinja.TemplateException.Kind;

class TemplateTest {
  private static TemplateException fails(String source) {
    return assertThrows(
        TemplateException.class,
        () ->
            Template.parse(source)
                .render(Map.of(), RenderOptions.ofDefaults().withMaxWork(1_000_000)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "ab{{ x.y }}                  ; EVALUATION  ; 1 ; 7",
        "{{ 1 | nosuch }}             ; UNSUPPORTED ; 1 ; 8",
        "{{ 1 is nosuch }}            ; UNSUPPORTED ; 1 ; 9",
        "{% import 'x' as y %}        ; UNSUPPORTED ; 1 ; 4",
        "{{ 'a'.zfill(1) }}           ; UNSUPPORTED ; 1 ; 7",
        "{{ ''.__class__ }}           ; UNSUPPORTED ; 1 ; 6",
        "{{ 2 ** 99999999 }}          ; LIMIT       ; 1 ; 6",
        "{{ (1 }}                     ; SYNTAX      ; 1 ; 7",
        "{{ 1 + }}                    ; SYNTAX      ; 1 ; 8",
        "{% break %}                  ; SYNTAX      ; 1 ; 4",
        "{{ raise_exception('no') }}  ; RAISED      ; 1 ; 19",
      })
  void errorsNameTheirPlace(String source, Kind kind, int line, int column) {
    TemplateException e = fails(source);
    assertEquals(kind, e.kind(), e.getMessage());
    assertEquals(line, e.line(), e.getMessage());
    assertEquals(column, e.column(), e.getMessage());
  }

  @Test
  void linesAreCountedThroughTextTagsAndStrings() {
    assertEquals(5, fails("a\r\n{% set x = '\n' %}\n\n  {{ x + 1 }}").line());
  }

  // Each would take for ever, or all memory, or all of the stack.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        "{% for a in range(100000) %}{% for b in range(100000) %}{% endfor %}{% endfor %}",
        "{% set ns = namespace(s='x') %}{% for i in range(99) %}{% set ns.s = ns.s + ns.s %}{%"
            + " endfor %}",
        "{% set ns = namespace(l=[]) %}{% for i in range(9999) %}{% set ns.l = [ns.l] %}{% endfor"
            + " %}{{ ns.l }}",
        "{% set ns = namespace(l=[]) %}{% for i in range(60) %}{% set ns.l = [ns.l, ns.l] %}{%"
            + " endfor %}{{ ns.l == ns.l[:] }}",
        "{% for x in [[]] recursive %}{{ loop([[]]) }}{% endfor %}",
        "{{ 'x' * 999999 * 999999 }}",
        "{{ ('a' * 900000).count('a' * 450000 ~ 'b') }}",
        "{{ [1] | tojson(indent=1000000) }}"
      })
  void workIsBounded(String source) {
    TemplateException e = assertTimeoutPreemptively(Duration.ofSeconds(20), () -> fails(source));
    assertEquals(Kind.LIMIT, e.kind(), e.getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"(", "[", "{{ {1:", "-", "not ", "a[", "f(", "a if ", "x|map("})
  void nestingIsBounded(String open) {
    TemplateException e = fails("{{ " + open.repeat(100_000));
    assertEquals(
        true, e.kind() == Kind.LIMIT || e.kind() == Kind.SYNTAX, () -> "" + e.getMessage());
  }

  @Test
  void longChainsAreBounded() {
    assertEquals(Kind.LIMIT, fails("{{ 1" + " + 1".repeat(100_000) + " }}").kind());
    assertEquals(Kind.LIMIT, fails("{{ x" + " | string".repeat(100_000) + " }}").kind());
    assertEquals(Kind.LIMIT, fails("{% if 1 %}".repeat(100_000)).kind());
  }

  @Test
  void variablesOfOtherTypesAreNamed() {
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () ->
                Template.parse("x")
                    .render(Map.of("thing", new Object()), RenderOptions.ofDefaults()));
    assertEquals(true, String.valueOf(e.getMessage()).startsWith("thing "));
  }
}
