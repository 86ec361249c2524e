package org.riselm.onnx.internal.folder;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;

/**
 * A regular expression from a file. One that would go on for ages is stopped: layers' names are
 * short, and an honest pattern looks at each of their letters a few times.
 */
final class BoundedPattern {
  private static final int LONGEST = 1000;
  private static final int MOST_LOOKS = 1_000_000;

  private final Pattern pattern;

  /**
   * Reads an expression.
   *
   * @throws IllegalArgumentException if it is malformed, or too long
   */
  BoundedPattern(String regex) {
    if (regex.length() > LONGEST) {
      throw new IllegalArgumentException(
          regex.length() + " characters; at most " + LONGEST + " are read");
    }
    this.pattern = Pattern.compile(regex);
  }

  /**
   * Whether the whole of {@code name} is matched.
   *
   * @throws IllegalArgumentException if that takes too long to say
   */
  boolean matches(String name) {
    return pattern.matcher(new Counted(name, new AtomicInteger(), 0, name.length())).matches();
  }

  private record Counted(String text, AtomicInteger looks, int start, int end)
      implements CharSequence {
    @Override
    public char charAt(int index) {
      if (looks.incrementAndGet() > MOST_LOOKS) {
        throw new IllegalArgumentException("it takes too long to match " + text);
      }
      return text.charAt(start + index);
    }

    @Override
    public int length() {
      return end - start;
    }

    @Override
    public CharSequence subSequence(int from, int to) {
      return new Counted(text, looks, start + from, start + to);
    }

    @Override
    public String toString() {
      return text.substring(start, end);
    }
  }
}
