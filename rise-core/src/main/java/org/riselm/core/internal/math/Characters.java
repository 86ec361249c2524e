package org.riselm.core.internal.math;

import com.google.common.collect.ImmutableMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** Writes characters outside ASCII as the TeX that says the same. */
final class Characters {
  private static final String RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹⁻";
  private static final String LOWERED = "₀₁₂₃₄₅₆₇₈₉";
  private static final Pattern SHIFTED = Pattern.compile("[" + RAISED + "]++|[" + LOWERED + "]++");

  private static final ImmutableMap<Character, String> SPELLED =
      ImmutableMap.<Character, String>builder()
          .put('−', "-")
          .put('–', "-")
          .put('‐', "-")
          .put('‑', "-")
          .put('×', "\\times ")
          .put('·', "\\cdot ")
          .put('⋅', "\\cdot ")
          .put('∙', "\\cdot ")
          .put('÷', "/")
          .put('⁄', "/")
          .put('∕', "/")
          .put('π', "\\pi ")
          .put('√', " sqrt ")
          .put('∞', "\\infty ")
          .put('°', "^\\circ ")
          .put('º', "^\\circ ")
          .put('≤', "\\le ")
          .put('⩽', "\\le ")
          .put('≥', "\\ge ")
          .put('⩾', "\\ge ")
          .put('≠', "\\ne ")
          .put('≈', "\\approx ")
          .put('±', "\\pm ")
          .put('∓', "\\mp ")
          .put('∪', "\\cup ")
          .put('∩', "\\cap ")
          .put('∈', "\\in ")
          .put('∅', "\\emptyset ")
          .put('ℝ', "\\mathbb{R}")
          .put('∖', "\\setminus ")
          .put('∠', "\\angle ")
          .put('△', "\\triangle ")
          .put('θ', "\\theta ")
          .put('α', "\\alpha ")
          .put('β', "\\beta ")
          .put('γ', "\\gamma ")
          .put('λ', "\\lambda ")
          .put('φ', "\\phi ")
          .put('ω', "\\omega ")
          .put('½', "\\frac{1}{2}")
          .put('¼', "\\frac{1}{4}")
          .put('¾', "\\frac{3}{4}")
          .put('⅓', "\\frac{1}{3}")
          .put('⅔', "\\frac{2}{3}")
          .put('⅕', "\\frac{1}{5}")
          .put('⅛', "\\frac{1}{8}")
          .put('\u00A0', " ")
          .put('\u2009', " ")
          .put('\u202F', " ")
          .put('\u200B', "")
          .put('’', "'")
          .put('。', ".")
          .put('δ', "\\delta ")
          .put('μ', "\\mu ")
          .put('σ', "\\sigma ")
          .put('Δ', "\\Delta ")
          .put('⟨', "\\langle ")
          .put('⟩', "\\rangle ")
          .put('⌊', "\\lfloor ")
          .put('⌋', "\\rfloor ")
          .put('⌈', "\\lceil ")
          .put('⌉', "\\rceil ")
          .put('—', "-")
          .put('∣', "\\mid ")
          .put('⅙', "\\frac{1}{6}")
          .put('⅜', "\\frac{3}{8}")
          .put('⅝', "\\frac{5}{8}")
          .put('⅞', "\\frac{7}{8}")
          .put('⅖', "\\frac{2}{5}")
          .put('⅗', "\\frac{3}{5}")
          .put('⅘', "\\frac{4}{5}")
          .put('⅚', "\\frac{5}{6}")
          .put('“', "")
          .put('”', "")
          .buildOrThrow();

  private Characters() {}

  /** Returns {@code text} with the characters that are known here spelled in ASCII. */
  static String ascii(String text) {
    String flat = SHIFTED.matcher(text).replaceAll(Characters::flat);
    StringBuilder plain = new StringBuilder(flat.length() + 16);
    for (int i = 0; i < flat.length(); i++) {
      char c = flat.charAt(i);
      // The full-width forms of ASCII stand together, in its order.
      char narrow = c > '\uFF00' && c < '\uFF5F' ? (char) (c - '\uFF01' + '!') : c;
      String spelled = narrow < 128 ? null : SPELLED.get(narrow);
      plain.append(spelled == null ? String.valueOf(narrow) : spelled);
    }
    return plain.toString();
  }

  /** "²³" as "^{23}", "₁" as "_{1}". */
  private static String flat(MatchResult run) {
    boolean raised = RAISED.indexOf(run.group().charAt(0)) >= 0;
    StringBuilder digits = new StringBuilder(raised ? "^{" : "_{");
    for (char c : run.group().toCharArray()) {
      digits.append("0123456789-".charAt((raised ? RAISED : LOWERED).indexOf(c)));
    }
    return digits.append("} ").toString();
  }
}
