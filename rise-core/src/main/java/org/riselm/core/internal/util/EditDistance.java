package org.riselm.core.internal.util;

import com.google.common.base.CharMatcher;
import com.google.common.base.Splitter;
import java.util.List;

/** How far two texts are apart, in words. */
public final class EditDistance {
  private static final Splitter WORDS = Splitter.on(CharMatcher.whitespace()).omitEmptyStrings();

  private EditDistance() {}

  /**
   * Levenshtein's distance: the fewest words to insert, delete or replace. In words rather than in
   * characters, as Snell et al. have it, because it is quadratic in the length.
   */
  public static int words(String one, String other) {
    List<String> a = WORDS.splitToList(one);
    List<String> b = WORDS.splitToList(other);
    int[] before = new int[b.size() + 1];
    int[] now = new int[b.size() + 1];
    for (int j = 0; j <= b.size(); j++) {
      before[j] = j;
    }
    for (int i = 1; i <= a.size(); i++) {
      now[0] = i;
      for (int j = 1; j <= b.size(); j++) {
        int replaced = before[j - 1] + (a.get(i - 1).equals(b.get(j - 1)) ? 0 : 1);
        now[j] = Math.min(replaced, 1 + Math.min(before[j], now[j - 1]));
      }
      int[] spare = before;
      before = now;
      now = spare;
    }
    return before[b.size()];
  }

  /** {@link #words} over the words of the longer text: 0 for the same, 1 for nothing in common. */
  public static double ratio(String one, String other) {
    int longest = Math.max(WORDS.splitToList(one).size(), WORDS.splitToList(other).size());
    return longest == 0 ? 0 : (double) words(one, other) / longest;
  }
}
