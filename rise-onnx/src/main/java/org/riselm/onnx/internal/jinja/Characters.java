package org.riselm.onnx.internal.jinja;

/** Python's idea of characters: whitespace, and texts counted in code points. */
final class Characters {
  private Characters() {}

  /** Whether Python's {@code str.isspace} and {@code \s} hold for {@code codePoint}. */
  static boolean isSpace(int codePoint) {
    int c = ProvenanceCodec.plain(codePoint);
    return (c >= 0x09 && c <= 0x0d)
        || (c >= 0x1c && c <= 0x20)
        || c == 0x85
        || c == 0xa0
        || c == 0x1680
        || (c >= 0x2000 && c <= 0x200a)
        || c == 0x2028
        || c == 0x2029
        || c == 0x202f
        || c == 0x205f
        || c == 0x3000;
  }

  /** The first index from {@code from} on that is no whitespace. */
  static int skipSpace(String text, int from) {
    int i = from;
    while (i < text.length() && isSpace(text.codePointAt(i))) {
      i++;
    }
    return i;
  }

  /** Whether {@code text} is not empty and whitespace from {@code from} on. */
  static boolean isBlank(String text, int from) {
    return from < text.length() && skipSpace(text, from) == text.length();
  }

  static String stripTrailing(String text) {
    int end = text.length();
    while (end > 0 && isSpace(text.codePointBefore(end))) {
      end--;
    }
    return text.substring(0, end);
  }

  static int length(String text) {
    return text.codePointCount(0, text.length());
  }
}
