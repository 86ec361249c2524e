package org.riselm.onnx.internal.jinja;

import java.util.List;
import org.riselm.onnx.internal.jinja.Token.Kind;

/** Tokens, read from the first to the last. */
final class TokenStream {
  // Deeper than any template goes, and shallow enough for a small thread stack.
  private static final int MAX_DEPTH = 400;

  private final List<Token> tokens;
  private int next;
  private int depth;

  TokenStream(List<Token> tokens) {
    this.tokens = tokens;
  }

  Token current() {
    return tokens.get(next);
  }

  Token look() {
    return tokens.get(Math.min(next + 1, tokens.size() - 1));
  }

  Token take() {
    Token token = current();
    if (token.kind() != Kind.END) {
      next++;
    }
    return token;
  }

  boolean isKind(Kind kind) {
    return current().kind() == kind;
  }

  boolean isOperator(String operator) {
    return current().isOperator(operator);
  }

  boolean isName(String name) {
    return current().isName(name);
  }

  boolean skipOperator(String operator) {
    boolean found = isOperator(operator);
    if (found) {
      take();
    }
    return found;
  }

  boolean skipName(String name) {
    boolean found = isName(name);
    if (found) {
      take();
    }
    return found;
  }

  Token expect(Kind kind, String what) {
    if (!isKind(kind)) {
      throw unexpected(what);
    }
    return take();
  }

  void expectOperator(String operator) {
    if (!skipOperator(operator)) {
      throw unexpected("\"" + operator + "\"");
    }
  }

  TemplateException unexpected(String wanted) {
    return current().at().syntax("expected %s, found %s".formatted(wanted, current().describe()));
  }

  int depth() {
    return depth;
  }

  /** Goes back to a depth that was left behind by several {@link #enter}s. */
  void leaveTo(int depth) {
    this.depth = depth;
  }

  /** Counts one more level of nesting, or one more link of a chain, which is a level too. */
  void enter() {
    if (++depth > MAX_DEPTH) {
      throw current().at().limit("the template is nested more than %d deep".formatted(MAX_DEPTH));
    }
  }

  void leave() {
    depth--;
  }
}
