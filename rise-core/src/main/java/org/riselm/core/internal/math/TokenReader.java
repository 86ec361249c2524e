package org.riselm.core.internal.math;

import java.util.List;
import org.riselm.core.internal.math.Token.Kind;

/** Walks over the tokens of an answer, and bounds how deep what it reads may nest. */
abstract class TokenReader {
  private static final int MAX_DEPTH = 60;

  final String source;
  final List<Token> tokens;
  final Budget budget;
  int at;
  int depth;

  TokenReader(String source, List<Token> tokens, Budget budget) {
    this.source = source;
    this.tokens = tokens;
    this.budget = budget;
  }

  Token peek() {
    return tokens.get(at);
  }

  /** The token at {@code index}, or the last one, which is the end. */
  Token token(int index) {
    return tokens.get(Math.min(index, tokens.size() - 1));
  }

  Token take() {
    budget.spend(4);
    Token token = tokens.get(at);
    at = Math.min(at + 1, tokens.size() - 1);
    return token;
  }

  boolean takeIf(String operator) {
    boolean is = peek().is(operator);
    if (is) {
      take();
    }
    return is;
  }

  void require(Kind kind) {
    if (peek().kind() != kind) {
      throw unexpected();
    }
  }

  void require(String operator) {
    if (!takeIf(operator)) {
      throw unexpected();
    }
  }

  BeyondGraderException unexpected() {
    return new BeyondGraderException("not understood at: " + peek().text());
  }

  void enter() {
    if (++depth > MAX_DEPTH) {
      throw new BeyondGraderException("nested too deep");
    }
  }

  /** "7 (seven)". */
  boolean isRemark() {
    return peek().is("(") && tokens.get(at + 1).kind() == Kind.WORD;
  }
}
