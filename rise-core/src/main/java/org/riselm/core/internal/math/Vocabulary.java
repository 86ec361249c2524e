package org.riselm.core.internal.math;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;

/** The words and commands that the lexer knows. */
final class Vocabulary {
  /** Commands that only change how things look. */
  static final ImmutableSet<String> INVISIBLE =
      words(
          """
          left right middle big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr displaystyle
          textstyle scriptstyle limits nolimits quad qquad boldsymbol mathbf bm vec
          overrightarrow hat mathit mathcal mathsf boxed fbox hfill ensuremath hline rm bf
          it Large large small underline thinspace
          """);

  /** Environments whose rows are equations. */
  static final ImmutableSet<String> ALIGNED =
      words("align aligned equation gather gathered split cases eqnarray");

  /** Commands whose argument is prose. */
  static final ImmutableSet<String> PROSE =
      words(
          """
          text mbox textbf textit textrm texttt textsf mathrm hbox emph textnormal
          operatorname
          """);

  /** Commands that take arguments in braces. */
  static final ImmutableMap<String, String> STRUCTURES =
      table(
          """
          frac=frac dfrac=frac tfrac=frac cfrac=frac sqrt=sqrt binom=binom dbinom=binom
          tbinom=binom choose=choose over=over overline=overline bar=overline
          mathbb=mathbb
          """);

  /** Letters that name a function where a bracket follows, rather than a factor. */
  static final ImmutableSet<String> FUNCTION_LETTERS =
      words("f g h p q u v w A C D E F G H I J L N P Q R S T U V W");

  static final ImmutableSet<String> FUNCTIONS =
      words("sin cos tan sec csc cot arcsin arccos arctan sinh cosh tanh ln log lg exp cis");

  /** Commands, and characters outside ASCII, that stand for an operator. */
  static final ImmutableMap<String, String> OPERATORS =
      table(
          """
          cdot=* times=* ast=* div=/ pm=± mp=∓ le=≤ leq=≤ leqslant=≤ ge=≥ geq=≥ geqslant=≥
          lt=< gt=> ne=≠ neq=≠ approx=≈ simeq=≈ equiv=≡ in=∈ cup=∪ cap=∩ setminus=∖
          backslash=∖ colon=: lor=, vee=, lvert=| rvert=| vert=| mid=| lVert=‖ rVert=‖
          Vert=‖ lfloor=⌊ rfloor=⌋ lceil=⌈ rceil=⌉ langle=( rangle=) lbrace=\\{ rbrace=\\}
          lbrack=[ rbrack=] prime=' circ=° degree=°
          """);

  /** Commands that are a symbol of their own, beside the Greek letters. */
  static final ImmutableMap<String, String> SYMBOLS =
      table(
          """
          pi=π infty=∞ emptyset=∅ varnothing=∅ angle=∠ triangle=△ ell=ℓ hbar=ℏ nabla=∇
          aleph=ℵ varphi=\\phi varepsilon=\\epsilon vartheta=\\theta
          """);

  static final ImmutableSet<String> GREEK =
      words(
          """
          alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi rho
          sigma tau upsilon phi chi psi omega varrho varsigma varpi Gamma Delta Theta
          Lambda Xi Pi Sigma Upsilon Phi Psi Omega
          """);

  /** Words before an answer that say nothing. */
  static final ImmutableSet<String> LEADING =
      words(
          """
          about approximately the answer is exactly equals a an value final roughly are
          solution result option choice
          """);

  /** Currencies that stand before a number as words. */
  static final ImmutableMap<String, String> CURRENCIES =
      ImmutableMap.of("usd", "$", "rs", "₹", "inr", "₹", "eur", "€", "gbp", "£");

  private Vocabulary() {}

  /** The words of {@code list}, which spaces part. */
  static ImmutableSet<String> words(String list) {
    return ImmutableSet.copyOf(list.strip().split("\\s+"));
  }

  /** The entries of {@code list}, each a key, an equals sign and a value. */
  private static ImmutableMap<String, String> table(String list) {
    return words(list).stream()
        .map(entry -> entry.split("=", 2))
        .collect(ImmutableMap.toImmutableMap(entry -> entry[0], entry -> entry[1]));
  }
}
