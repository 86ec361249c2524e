package org.riselm.core.internal.math;

import com.google.common.collect.ImmutableMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** Writes characters outside ASCII as the TeX that says the same. */
final class Characters {
  private static final String RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹⁻";
  private static final String LOWERED = "₀₁₂₃₄₅₆₇₈₉";
  private static final Pattern SHIFTED =
      Pattern.compile("[" + RAISED + "]++|[" + LOWERED + "]++|[\u200B“”]");

  /** What a character says, without the space that ends a command. */
  private static final ImmutableMap<Character, String> SPELLED =
      Pattern.compile("\\s+")
          .splitAsStream(
              """
              −- –- ‐- ‑- ×\\times ·\\cdot ⋅\\cdot ∙\\cdot ÷/ ⁄/ ∕/ π\\pi √sqrt ∞\\infty
              °^\\circ º^\\circ ≤\\le ⩽\\le ≥\\ge ⩾\\ge ≠\\ne ≈\\approx ±\\pm ∓\\mp ∪\\cup
              ∩\\cap ∈\\in ∅\\emptyset ℝ\\mathbb{R} ∖\\setminus ∠\\angle △\\triangle θ\\theta
              α\\alpha β\\beta γ\\gamma λ\\lambda φ\\phi ω\\omega ½\\frac{1}{2} ¼\\frac{1}{4}
              ¾\\frac{3}{4} ⅓\\frac{1}{3} ⅔\\frac{2}{3} ⅕\\frac{1}{5} ⅛\\frac{1}{8} ’' 。.
              δ\\delta μ\\mu σ\\sigma Δ\\Delta ⟨\\langle ⟩\\rangle ⌊\\lfloor ⌋\\rfloor
              ⌈\\lceil ⌉\\rceil —- ∣\\mid ⅙\\frac{1}{6} ⅜\\frac{3}{8} ⅝\\frac{5}{8}
              ⅞\\frac{7}{8} ⅖\\frac{2}{5} ⅗\\frac{3}{5} ⅘\\frac{4}{5} ⅚\\frac{5}{6}
              """)
          .collect(ImmutableMap.toImmutableMap(entry -> entry.charAt(0), Characters::spelling));

  private Characters() {}

  /** Returns {@code text} with the characters that are known here spelled in ASCII. */
  static String ascii(String text) {
    String flat = SHIFTED.matcher(text).replaceAll(Characters::flat);
    StringBuilder plain = new StringBuilder(flat.length() + 16);
    for (int i = 0; i < flat.length(); i++) {
      char c = flat.charAt(i);
      // The full-width forms of ASCII stand together, in its order.
      char narrow = c > '\uFF00' && c < '\uFF5F' ? (char) (c - '\uFF01' + '!') : c;
      String same = Character.isSpaceChar(narrow) ? " " : String.valueOf(narrow);
      plain.append(narrow < 128 ? String.valueOf(narrow) : SPELLED.getOrDefault(narrow, same));
    }
    return plain.toString();
  }

  private static String spelling(String entry) {
    String tex = entry.substring(1);
    return tex.equals("sqrt") ? " sqrt " : tex.indexOf('\\') >= 0 ? tex + " " : tex;
  }

  /** "²³" as "^{23}", "₁" as "_{1}". */
  private static String flat(MatchResult run) {
    if (RAISED.indexOf(run.group().charAt(0)) + LOWERED.indexOf(run.group().charAt(0)) < -1) {
      return ""; // quotation marks, and a space that nobody sees
    }
    boolean raised = RAISED.indexOf(run.group().charAt(0)) >= 0;
    StringBuilder digits = new StringBuilder(raised ? "^{" : "_{");
    for (char c : run.group().toCharArray()) {
      digits.append("0123456789-".charAt((raised ? RAISED : LOWERED).indexOf(c)));
    }
    return digits.append("} ").toString();
  }
}
