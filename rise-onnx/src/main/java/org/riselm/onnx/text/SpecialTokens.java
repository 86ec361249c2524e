package org.riselm.onnx.text;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.riselm.onnx.internal.jinja.RenderedText;

/**
 * Where a template wrote special tokens into a text.
 *
 * @param text the text
 * @param found the tokens, in order, not overlapping
 */
record SpecialTokens(RenderedText text, List<Found> found) {
  /**
   * A special token in a text.
   *
   * @param from the index of its first UTF-16 unit
   */
  record Found(String name, int id, int from) {
    int to() {
      return from + name.length();
    }
  }

  /** The leftmost, and of those at one place the longest, as tokenizers find them. */
  public static SpecialTokens find(RenderedText text, Map<String, Integer> special) {
    BitSet firsts = new BitSet();
    special.keySet().stream().filter(n -> !n.isEmpty()).forEach(n -> firsts.set(n.charAt(0)));
    List<Found> found = new ArrayList<>();
    int i = 0;
    while (i < text.length()) {
      if (!firsts.get(text.text().charAt(i))) {
        i++;
        continue;
      }
      Found longest = null;
      for (Map.Entry<String, Integer> token : special.entrySet()) {
        String name = token.getKey();
        boolean longer = longest == null || name.length() > longest.name().length();
        if (longer && !name.isEmpty() && text.isMarkup(name, i)) {
          longest = new Found(name, token.getValue(), i);
        }
      }
      if (longest != null) {
        found.add(longest);
      }
      i = longest == null ? i + 1 : longest.to();
    }
    return new SpecialTokens(text, found);
  }

  /** The first one that starts at {@code index} or later. */
  Optional<Found> from(int index) {
    return found.stream().filter(f -> f.from() >= index).findFirst();
  }

  public IntStream ids() {
    return found.stream().mapToInt(Found::id);
  }

  /** The text with other names for the tokens that the template wrote. */
  public String renamed(Map<String, String> names) {
    StringBuilder out = new StringBuilder();
    int from = 0;
    for (Found f : found) {
      out.append(text.text(), from, f.from()).append(names.get(f.name()));
      from = f.to();
    }
    return out.append(text.text(), from, text.length()).toString();
  }
}
