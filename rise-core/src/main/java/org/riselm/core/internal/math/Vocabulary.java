package org.riselm.core.internal.math;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;

/** The words and commands that the lexer knows. */
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

  /** Environments whose rows are equations. */
  static final ImmutableSet<String> ALIGNED =
      ImmutableSet.of(
          "align", "aligned", "equation", "gather", "gathered", "split", "cases", "eqnarray");

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

  /** Letters that name a function where a bracket follows, rather than a factor. */
  static final ImmutableSet<String> FUNCTION_LETTERS =
      ImmutableSet.of(
          "f", "g", "h", "p", "q", "u", "v", "w", "A", "C", "D", "E", "F", "G", "H", "I", "J", "L",
          "N", "P", "Q", "R", "S", "T", "U", "V", "W");

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
          .put("hbar", "ℏ")
          .put("nabla", "∇")
          .put("aleph", "ℵ")
          .put("varphi", "phi")
          .put("varepsilon", "epsilon")
          .put("vartheta", "theta")
          .buildOrThrow();

  static final ImmutableSet<String> GREEK =
      ImmutableSet.of(
          "alpha",
          "beta",
          "gamma",
          "delta",
          "epsilon",
          "zeta",
          "eta",
          "theta",
          "iota",
          "kappa",
          "lambda",
          "mu",
          "nu",
          "xi",
          "rho",
          "sigma",
          "tau",
          "upsilon",
          "phi",
          "chi",
          "psi",
          "omega",
          "varrho",
          "varsigma",
          "varpi",
          "Gamma",
          "Delta",
          "Theta",
          "Lambda",
          "Xi",
          "Pi",
          "Sigma",
          "Upsilon",
          "Phi",
          "Psi",
          "Omega");

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

  private Vocabulary() {}
}
