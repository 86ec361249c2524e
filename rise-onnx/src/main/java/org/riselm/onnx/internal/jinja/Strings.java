package org.riselm.onnx.internal.jinja;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What Python does to strings, on Java's. */
final class Strings {
  private Strings() {}

  static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }

  static String upper(String text) {
    return text.toUpperCase(Locale.ROOT);
  }

  static String capitalize(String text) {
    if (text.isEmpty()) {
      return text;
    }
    int first = text.codePointAt(0);
    int end = Character.charCount(first);
    // The tail is lowered within the whole, where a final sigma shows that it is final.
    String lowered = lower(text);
    String head = lower(text.substring(0, end));
    if (!lowered.startsWith(head)) {
      throw Failure.unsupported("capitalize() of \"%s\" is not supported", text);
    }
    return titleCase(first) + lowered.substring(head.length());
  }

  private static String titleCase(int c) {
    String upper = upper(Character.toString(c));
    if (upper.codePointCount(0, upper.length()) > 1) {
      int head = Character.charCount(upper.codePointAt(0));
      return upper.substring(0, head) + lower(upper.substring(head));
    }
    return Character.toString(Character.toTitleCase(c));
  }

  /** Python's {@code str.title}: every run of letters starts with a capital. */
  static String title(String text) {
    StringBuilder out = new StringBuilder();
    int run = -1;
    for (int i = 0; i <= text.length(); i++) {
      boolean letter = i < text.length() && isAsciiLetter(text.charAt(i));
      if (i < text.length() && text.charAt(i) >= 128) {
        throw Failure.unsupported("title() beyond ASCII is not supported");
      }
      if (letter && run < 0) {
        run = i;
      }
      if (!letter) {
        if (run >= 0) {
          out.append(capitalize(text.substring(run, i)));
          run = -1;
        }
        out.append(i < text.length() ? text.substring(i, i + 1) : "");
      }
    }
    return out.toString();
  }

  /** Jinja's filter {@code title}: a capital after whitespace, a hyphen and what opens. */
  static String titleWords(String text) {
    StringBuilder out = new StringBuilder();
    int start = 0;
    for (int i = 0; i <= text.length(); i++) {
      if (i == text.length() || isWordBreak(text.charAt(i))) {
        if (i > start) {
          int head = Character.charCount(text.codePointAt(start));
          out.append(upper(text.substring(start, start + head)));
          out.append(lower(text.substring(start + head, i)));
        }
        out.append(i < text.length() ? text.substring(i, i + 1) : "");
        start = i + 1;
      }
    }
    return out.toString();
  }

  private static boolean isWordBreak(char c) {
    return (Characters.isSpace(c) && !Character.isSurrogate(c)) || "-({[<".indexOf(c) >= 0;
  }

  private static boolean isAsciiLetter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }

  /** Whether there is a cased letter, and all of them are lower (or upper) case. */
  static boolean isCased(String text, boolean lower) {
    boolean found = false;
    for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
      int c = text.codePointAt(i);
      boolean isLower = Character.isLowerCase(c);
      boolean isUpper = Character.isUpperCase(c) || Character.isTitleCase(c);
      if ((isUpper && lower) || (isLower && !lower) || Character.isTitleCase(c)) {
        return false;
      }
      found |= isLower || isUpper;
    }
    return found;
  }

  /** Without {@code characters}, or whitespace if it is None, at the chosen ends. */
  static String strip(String text, Object characters, boolean start, boolean end) {
    String set =
        characters == None.NONE
            ? null
            : ProvenanceCodec.plain(Values.string(characters, "strip()"));
    int from = 0;
    int to = text.length();
    while (start && from < to && strips(set, text.codePointAt(from))) {
      from += Character.charCount(text.codePointAt(from));
    }
    while (end && to > from && strips(set, text.codePointBefore(to))) {
      to -= Character.charCount(text.codePointBefore(to));
    }
    return text.substring(from, to);
  }

  private static boolean strips(@Nullable String set, int c) {
    return set == null ? Characters.isSpace(c) : set.indexOf(ProvenanceCodec.plain(c)) >= 0;
  }

  static String replace(String text, String old, String by, long count, Meter meter) {
    meter.spendSearch(text, old);
    String seen = ProvenanceCodec.plain(text);
    String sought = ProvenanceCodec.plain(old);
    long most = count < 0 ? Long.MAX_VALUE : count;
    StringBuilder out = new StringBuilder();
    if (old.isEmpty()) {
      return between(text, by, most, meter);
    }
    int from = 0;
    for (int at = seen.indexOf(sought); at >= 0 && most > 0; at = seen.indexOf(sought, from)) {
      meter.spend(by.length() + 1L);
      out.append(text, from, at).append(by);
      from = at + old.length();
      most--;
    }
    return out.append(text.substring(from)).toString();
  }

  private static String between(String text, String by, long most, Meter meter) {
    meter.spend((text.length() + 1L) * by.length());
    StringBuilder out = new StringBuilder();
    long left = most;
    int i = 0;
    while (i < text.length()) {
      out.append(left-- > 0 ? by : "").appendCodePoint(text.codePointAt(i));
      i += Character.charCount(text.codePointAt(i));
    }
    return out.append(left > 0 ? by : "").toString();
  }

  static long count(String text, String part) {
    long count = 0;
    for (int i = text.indexOf(part); i >= 0; i = text.indexOf(part, i + part.length())) {
      count++;
    }
    return count;
  }

  static String requireSeparator(String separator) {
    if (separator.isEmpty()) {
      throw Failure.evaluation("a separator is empty");
    }
    return separator;
  }

  /** The parts of {@code text}, cut {@code most} times at most, from either end; -1 is often. */
  static List<String> split(String text, Object by, long most, boolean fromEnd, Meter meter) {
    long cuts = most < 0 ? Long.MAX_VALUE : most;
    if (by == None.NONE) {
      return fromEnd ? wordsFromEnd(text, cuts) : words(text, cuts);
    }
    String separator = requireSeparator(ProvenanceCodec.plain(Values.string(by, "split()")));
    meter.spendSearch(text, separator);
    String seen = ProvenanceCodec.plain(text);
    List<String> parts = new ArrayList<>();
    if (fromEnd) {
      int end = text.length();
      int at = seen.lastIndexOf(separator);
      while (at >= 0 && cuts-- > 0) {
        parts.add(text.substring(at + separator.length(), end));
        end = at;
        // A negative start finds nothing, which is right: there is no room for a separator.
        at = seen.lastIndexOf(separator, end - separator.length());
      }
      parts.add(text.substring(0, end));
      Collections.reverse(parts);
      return parts;
    }
    int start = 0;
    int at = seen.indexOf(separator);
    while (at >= 0 && cuts-- > 0) {
      parts.add(text.substring(start, at));
      start = at + separator.length();
      at = seen.indexOf(separator, start);
    }
    parts.add(text.substring(start));
    return parts;
  }

  private static List<String> words(String text, long most) {
    List<String> parts = new ArrayList<>();
    long cuts = most;
    int i = Characters.skipSpace(text, 0);
    while (i < text.length()) {
      if (cuts-- <= 0) {
        parts.add(Characters.stripTrailing(text.substring(i)));
        return parts;
      }
      int end = i;
      while (end < text.length() && !Characters.isSpace(text.codePointAt(end))) {
        end += Character.charCount(text.codePointAt(end));
      }
      parts.add(text.substring(i, end));
      i = Characters.skipSpace(text, end);
    }
    return parts;
  }

  private static List<String> wordsFromEnd(String text, long most) {
    List<String> parts = new ArrayList<>();
    long cuts = most;
    int end = Characters.stripTrailing(text).length();
    while (end > 0) {
      if (cuts-- <= 0) {
        parts.add(text.substring(Characters.skipSpace(text, 0), end));
        break;
      }
      int start = end;
      while (start > 0 && !Characters.isSpace(text.codePointBefore(start))) {
        start--;
      }
      parts.add(text.substring(start, end));
      while (start > 0 && Characters.isSpace(text.codePointBefore(start))) {
        start--;
      }
      end = start;
    }
    Collections.reverse(parts);
    return parts;
  }

  static List<String> splitLines(String text, boolean keepEnds) {
    String seen = ProvenanceCodec.plain(text);
    List<String> lines = new ArrayList<>();
    int start = 0;
    while (start < text.length()) {
      int end = start;
      while (end < text.length() && !isLineEnd(seen.charAt(end))) {
        end++;
      }
      int next = Math.min(text.length(), end + (seen.startsWith("\r\n", end) ? 2 : 1));
      lines.add(text.substring(start, keepEnds ? next : end));
      start = next;
    }
    return lines;
  }

  private static boolean isLineEnd(char c) {
    return (c >= '\n' && c <= '\r')
        || (c >= 0x1c && c <= 0x1e)
        || c == 0x85
        || c == 0x2028
        || c == 0x2029;
  }
}
