package org.riselm.onnx.internal.jinja;

/**
 * What the filter {@code safe} gives: a string that Python would escape others to fit, as soon as
 * it is added to them. Until then it is its text.
 */
record Markup(String text) {
  /** A text as it is added to such a string: escaped, unless it is one itself. */
  static String escaped(Object text) {
    if (text instanceof Markup markup) {
      return markup.text();
    }
    StringBuilder out = new StringBuilder();
    Values.string(text, "\"+\"")
        .codePoints()
        .forEach(c -> out.append(ProvenanceCodec.like(c, escaped(ProvenanceCodec.plain(c)))));
    return out.toString();
  }

  private static String escaped(int c) {
    return switch (c) {
      case '&' -> "&amp;";
      case '<' -> "&lt;";
      case '>' -> "&gt;";
      case '\'' -> "&#39;";
      case '"' -> "&#34;";
      default -> Character.toString(c);
    };
  }
}
