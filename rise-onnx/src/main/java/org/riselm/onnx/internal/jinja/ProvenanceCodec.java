package org.riselm.onnx.internal.jinja;

import java.nio.charset.StandardCharsets;

/**
 * Texts that remember which of their characters are data. A character of data below U+0400 is
 * written as its shadow: the unpaired low surrogate at the same distance from U+DC00. Well-formed
 * text has no unpaired surrogates, so a shadow is never anything else, and it is one UTF-16 unit
 * and one code point as its character is. So shadows pass through everything that copies, cuts and
 * joins strings; what looks at characters looks at {@link #plain}.
 *
 * <p>Characters from U+0400 on have no shadow: no name of a special token is made of those alone.
 */
final class ProvenanceCodec {
  private static final int FIRST = Character.MIN_LOW_SURROGATE;
  private static final int LAST = Character.MAX_LOW_SURROGATE;

  /** The first character that has no shadow. The last shadows mark generated text. */
  static final int LIMIT = 0x3f0;

  static final char GENERATION_START = LAST - 1;
  static final char GENERATION_END = LAST;

  private ProvenanceCodec() {}

  /** {@code data}, which is well-formed, as shadows. */
  static String of(String data) {
    StringBuilder out = new StringBuilder(data.length());
    for (int i = 0; i < data.length(); i++) {
      char c = data.charAt(i);
      out.append(c < LIMIT ? (char) (FIRST + c) : c);
    }
    return out.toString();
  }

  /** {@code text} without shadows, as long as it is with them. */
  static String plain(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (isAt(text, i)) {
        return uncover(text, i);
      }
    }
    return text;
  }

  private static String uncover(String text, int from) {
    StringBuilder out = new StringBuilder(text);
    for (int i = from; i < text.length(); i++) {
      if (isAt(text, i)) {
        out.setCharAt(i, (char) (text.charAt(i) - FIRST));
      }
    }
    return out.toString();
  }

  /** The code point {@code c}, or the one that it shadows. */
  static int plain(int c) {
    return is(c) ? c - FIRST : c;
  }

  /** Whether the code point {@code c} is a shadow. */
  static boolean is(int c) {
    return c >= FIRST && c <= LAST;
  }

  /** Whether the UTF-16 unit at {@code index} is a shadow. */
  static boolean isAt(String text, int index) {
    return Character.isLowSurrogate(text.charAt(index))
        && (index == 0 || !Character.isHighSurrogate(text.charAt(index - 1)));
  }

  /** {@code written}, which stands for a character {@code c}: shadows if that is one. */
  static String like(int c, String written) {
    return is(c) ? of(written) : written;
  }

  /** What changes a text, character by character or as a whole. */
  interface Change {
    String of(String text);
  }

  /** What {@code change} makes of {@code text}, as shadows where {@code text} is. */
  static String change(String text, Change change) {
    String seen = plain(text);
    String changed = change.of(seen);
    if (changed.equals(seen)) {
      return text;
    }
    if (seen.equals(text)) {
      return changed;
    }
    if (changed.length() != text.length()) {
      throw Failure.unsupported("a change of case that changes a text's length is not supported");
    }
    StringBuilder out = new StringBuilder(changed);
    for (int i = 0; i < text.length(); i++) {
      if (isAt(text, i) && changed.charAt(i) < LIMIT) {
        out.setCharAt(i, (char) (FIRST + changed.charAt(i)));
      }
    }
    return out.toString();
  }

  /** {@code text}, every unpaired surrogate replaced by U+FFFD. */
  static String wellFormed(String text) {
    return text.chars().anyMatch(c -> Character.isSurrogate((char) c))
        ? new String(text.getBytes(StandardCharsets.UTF_16BE), StandardCharsets.UTF_16BE)
        : text;
  }
}
