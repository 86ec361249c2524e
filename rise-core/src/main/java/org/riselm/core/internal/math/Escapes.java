package org.riselm.core.internal.math;

import java.util.regex.Pattern;

/** Undoes what a careless program made of the backslashes in TeX. */
public final class Escapes {
  private static final Pattern DOUBLE_COMMAND = Pattern.compile("\\\\\\\\(?:[a-zA-Z]{2}|[()])");
  private static final Pattern SINGLE_COMMAND = Pattern.compile("(?<!\\\\)\\\\[a-zA-Z()\\[\\]{}]");
  private static final Pattern DOUBLE_BRACES =
      Pattern.compile("(?s)[^\\\\]*\\\\\\\\\\{[^\\\\]*\\\\\\\\\\}[^\\\\]*");

  /**
   * The control characters that \f, \b and \t mean in most languages, before the rest of a name.
   */
  private static final Pattern EATEN =
      Pattern.compile(
          "\\f(?=rac|orall)|\\x08(?=oxed|egin|inom|ar\\b)|\\t(?=imes|ext\\{|heta|frac|an\\b)");

  private Escapes() {}

  /** Returns {@code text} with every command behind one backslash, as TeX has it. */
  public static String undo(String text) {
    String whole =
        EATEN
            .matcher(text)
            .replaceAll(
                eaten ->
                    switch (eaten.group().charAt(0)) {
                      case '\f' -> "\\\\f";
                      case '\t' -> "\\\\t";
                      default -> "\\\\b";
                    });
    boolean twice =
        (DOUBLE_COMMAND.matcher(whole).find() && !SINGLE_COMMAND.matcher(whole).find())
            || DOUBLE_BRACES.matcher(whole).matches();
    return twice ? whole.replace("\\\\", "\\") : whole;
  }
}
