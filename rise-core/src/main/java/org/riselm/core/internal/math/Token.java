package org.riselm.core.internal.math;

/**
 * A piece of an answer.
 *
 * @param kind what it is
 * @param text its canonical text: digits, a symbol's or function's name, a bracket, an operator
 * @param from where it begins in the answer
 * @param to where it ends
 */
record Token(Kind kind, String text, int from, int to) {
  enum Kind {
    NUMBER,
    SYMBOL,
    /** A word of prose, or a unit. */
    WORD,
    /** The name of a function that is written before its argument. */
    FUNCTION,
    /** A TeX command that takes arguments, or {@code begin:…} and {@code end:…}. */
    COMMAND,
    /** Brackets, operators, signs, and {@code ,} for everything that parts a list. */
    OPERATOR,
    /** A currency sign. */
    CURRENCY,
    END
  }

  boolean is(String operator) {
    return kind == Kind.OPERATOR && text.equals(operator);
  }
}
