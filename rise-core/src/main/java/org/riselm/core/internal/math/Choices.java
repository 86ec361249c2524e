package org.riselm.core.internal.math;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Answers to questions of multiple choice: (B), B, "B) 12" and "(B) 12" name the same one. */
public final class Choices {
  private static final Pattern LETTER = Pattern.compile("\\(?([A-Za-z])[).:]*+");
  private static final Pattern LETTER_AND_TEXT =
      Pattern.compile(
          "(?:[oO]ption|[cC]hoice)?(?:\\(([A-Z])\\)|([A-Z])[):.])"
              + "(?!,|;|and|or|&|\\(|[A-Z][).])(.++)");
  private static final Pattern TEXT_OF_CHOICE =
      Pattern.compile("(?:[oO]ption|[cC]hoice)?\\([A-E]\\)[.:]?(?=[-$\\\\\\d])(.++)");

  private Choices() {}

  /**
   * Returns whether {@code form}, a text form of {@link Cleaner}, is one letter that {@code other}
   * names.
   */
  public static boolean same(String form, String other) {
    Matcher letter = LETTER.matcher(form);
    if (!letter.matches()) {
      return false;
    }
    Matcher same = LETTER.matcher(other);
    if (same.matches()) {
      return same.group(1).equals(letter.group(1));
    }
    Matcher longer = LETTER_AND_TEXT.matcher(other);
    return longer.matches()
        && letter.group(1).equals(longer.group(1) == null ? longer.group(2) : longer.group(1));
  }

  /** Returns the text beside the letter of a choice, "25" of "(D) 25"; {@code form} without one. */
  public static String text(String form) {
    Matcher choice = TEXT_OF_CHOICE.matcher(form);
    return choice.matches() ? choice.group(1) : form;
  }
}
