package org.riselm.core.internal.math;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;

/** The words, commands and characters that the lexer knows. */
final class Vocabulary {
  /** Commands that only change how things look. */
  static final ImmutableSet<String> INVISIBLE =
      ImmutableSet.of(
          "left",
          "right",
          "middle",
          "big",
          "Big",
          "bigg",
          "Bigg",
          "bigl",
          "bigr",
          "Bigl",
          "Bigr",
          "biggl",
          "biggr",
          "displaystyle",
          "textstyle",
          "scriptstyle",
          "limits",
          "nolimits",
          "quad",
          "qquad",
          "boldsymbol",
          "mathbf",
          "bm",
          "vec",
          "overrightarrow",
          "hat",
          "mathit",
          "mathcal",
          "mathsf",
          "boxed",
          "fbox",
          "hfill",
          "ensuremath",
          "hline",
          "rm",
          "bf",
          "it",
          "Large",
          "large",
          "small",
          "underline",
          "thinspace");

  /** Commands whose argument is prose. */
  static final ImmutableSet<String> PROSE =
      ImmutableSet.of(
          "text",
          "mbox",
          "textbf",
          "textit",
          "textrm",
          "texttt",
          "textsf",
          "mathrm",
          "hbox",
          "emph",
          "textnormal",
          "operatorname");

  /** Commands that take arguments in braces. */
  static final ImmutableMap<String, String> STRUCTURES =
      ImmutableMap.<String, String>builder()
          .put("frac", "frac")
          .put("dfrac", "frac")
          .put("tfrac", "frac")
          .put("cfrac", "frac")
          .put("sqrt", "sqrt")
          .put("binom", "binom")
          .put("dbinom", "binom")
          .put("tbinom", "binom")
          .put("choose", "choose")
          .put("over", "over")
          .put("overline", "overline")
          .put("bar", "overline")
          .put("mathbb", "mathbb")
          .buildOrThrow();

  static final ImmutableSet<String> FUNCTIONS =
      ImmutableSet.of(
          "sin", "cos", "tan", "sec", "csc", "cot", "arcsin", "arccos", "arctan", "sinh", "cosh",
          "tanh", "ln", "log", "lg", "exp", "cis");

  /** Commands, and characters outside ASCII, that stand for an operator. */
  static final ImmutableMap<String, String> OPERATORS =
      ImmutableMap.<String, String>builder()
          .put("cdot", "*")
          .put("times", "*")
          .put("ast", "*")
          .put("div", "/")
          .put("pm", "±")
          .put("mp", "∓")
          .put("le", "≤")
          .put("leq", "≤")
          .put("leqslant", "≤")
          .put("ge", "≥")
          .put("geq", "≥")
          .put("geqslant", "≥")
          .put("lt", "<")
          .put("gt", ">")
          .put("ne", "≠")
          .put("neq", "≠")
          .put("approx", "≈")
          .put("simeq", "≈")
          .put("equiv", "≡")
          .put("in", "∈")
          .put("cup", "∪")
          .put("cap", "∩")
          .put("setminus", "∖")
          .put("backslash", "∖")
          .put("colon", ":")
          .put("lor", ",")
          .put("vee", ",")
          .put("lvert", "|")
          .put("rvert", "|")
          .put("vert", "|")
          .put("mid", "|")
          .put("lVert", "‖")
          .put("rVert", "‖")
          .put("Vert", "‖")
          .put("lfloor", "⌊")
          .put("rfloor", "⌋")
          .put("lceil", "⌈")
          .put("rceil", "⌉")
          .put("langle", "(")
          .put("rangle", ")")
          .put("lbrace", "\\{")
          .put("rbrace", "\\}")
          .put("lbrack", "[")
          .put("rbrack", "]")
          .put("prime", "'")
          .put("circ", "°")
          .put("degree", "°")
          .buildOrThrow();

  /** Commands that are a symbol of their own, beside the Greek letters. */
  static final ImmutableMap<String, String> SYMBOLS =
      ImmutableMap.<String, String>builder()
          .put("pi", "π")
          .put("infty", "∞")
          .put("emptyset", "∅")
          .put("varnothing", "∅")
          .put("angle", "∠")
          .put("triangle", "△")
          .put("ell", "ℓ")
          .put("varphi", "phi")
          .put("varepsilon", "epsilon")
          .put("vartheta", "theta")
          .buildOrThrow();

  static final ImmutableSet<String> GREEK =
      ImmutableSet.of(
          "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa",
          "lambda", "mu", "nu", "xi", "rho", "sigma", "tau", "upsilon", "phi", "chi", "psi",
          "omega", "Gamma", "Delta", "Theta", "Lambda", "Xi", "Pi", "Sigma", "Phi", "Psi", "Omega");

  /** Words before an answer that say nothing. */
  static final ImmutableSet<String> LEADING =
      ImmutableSet.of(
          "about",
          "approximately",
          "the",
          "answer",
          "is",
          "exactly",
          "equals",
          "a",
          "an",
          "value",
          "final",
          "roughly",
          "are",
          "solution",
          "result",
          "option",
          "choice");

  /** Currencies that stand before a number as words. */
  static final ImmutableMap<String, String> CURRENCIES =
      ImmutableMap.of("usd", "$", "rs", "₹", "inr", "₹", "eur", "€", "gbp", "£");

  /** Characters outside ASCII and the TeX that says the same. */
  static final ImmutableMap<Character, String> CHARACTERS =
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
          .put('⁰', "^0 ")
          .put('¹', "^1 ")
          .put('²', "^2 ")
          .put('³', "^3 ")
          .put('⁴', "^4 ")
          .put('⁵', "^5 ")
          .put('⁶', "^6 ")
          .put('⁷', "^7 ")
          .put('⁸', "^8 ")
          .put('⁹', "^9 ")
          .put('\u00A0', " ")
          .put('\u2009', " ")
          .put('\u202F', " ")
          .put('\u200B', "")
          .put('’', "'")
          .put('（', "(")
          .put('）', ")")
          .put('，', ",")
          .put('％', "%")
          .put('＝', "=")
          .put('。', ".")
          .buildOrThrow();

  private Vocabulary() {}
}
