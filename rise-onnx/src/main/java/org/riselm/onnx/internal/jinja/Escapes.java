package org.riselm.onnx.internal.jinja;

/** The backslash escapes of string literals, which are Python's. */
final class Escapes {
  private Escapes() {}

  /** The string that {@code literal}, without its quotes, stands for. */
  static String resolve(String literal, Position at) {
    if (literal.indexOf('\\') < 0) {
      return literal;
    }
    StringBuilder out = new StringBuilder(literal.length());
    int i = 0;
    while (i < literal.length()) {
      char c = literal.charAt(i++);
      if (c != '\\') {
        out.append(c);
        continue;
      }
      char e = literal.charAt(i++);
      switch (e) {
        case '\n' -> {}
        case 'a' -> out.append('\u0007');
        case 'b' -> out.append('\b');
        case 'f' -> out.append('\f');
        case 'n' -> out.append('\n');
        case 'r' -> out.append('\r');
        case 't' -> out.append('\t');
        case 'v' -> out.append('\u000b');
        case '\\', '\'', '"' -> out.append(e);
        case 'x' -> i = hex(literal, i, 2, out, at);
        case 'u' -> i = hex(literal, i, 4, out, at);
        case 'U' -> i = hex(literal, i, 8, out, at);
        case 'N' -> throw at.unsupported("characters by name, \\N{...}, are not supported");
        case '0', '1', '2', '3', '4', '5', '6', '7' -> i = octal(literal, i - 1, out);
        // Python keeps the backslash of an escape that it does not know.
        default -> out.append('\\').append(e);
      }
    }
    return out.toString();
  }

  private static int hex(String literal, int from, int digits, StringBuilder out, Position at) {
    int value = 0;
    for (int i = from; i < from + digits; i++) {
      int digit = i < literal.length() ? asciiHex(literal.charAt(i)) : -1;
      if (digit < 0 || value > Character.MAX_CODE_POINT) {
        throw at.syntax("a \\x, \\u or \\U escape needs %d hexadecimal digits".formatted(digits));
      }
      value = value * 16 + digit;
    }
    if (!Character.isValidCodePoint(value)) {
      throw at.syntax("there is no character %x".formatted(value));
    }
    if (value >= Character.MIN_SURROGATE && value <= Character.MAX_SURROGATE) {
      throw at.unsupported("surrogates by number are not supported");
    }
    out.appendCodePoint(value);
    return from + digits;
  }

  private static int asciiHex(char c) {
    return c < 128 ? Character.digit(c, 16) : -1;
  }

  private static int octal(String literal, int from, StringBuilder out) {
    int value = 0;
    int i = from;
    while (i < literal.length() && i < from + 3 && "01234567".indexOf(literal.charAt(i)) >= 0) {
      value = value * 8 + literal.charAt(i++) - '0';
    }
    out.append((char) value);
    return i;
  }
}
