package org.riselm.onnx.internal.jinja;

/**
 * One token of a template.
 *
 * @param kind what it is
 * @param text of {@code DATA} and {@code STRING} the text itself, otherwise as written
 * @param at where it starts
 */
record Token(Kind kind, String text, Position at) {
  enum Kind {
    DATA,
    VARIABLE_BEGIN,
    VARIABLE_END,
    BLOCK_BEGIN,
    BLOCK_END,
    NAME,
    STRING,
    INTEGER,
    FLOAT,
    OPERATOR,
    END
  }

  boolean isName(String name) {
    return kind == Kind.NAME && text.equals(name);
  }

  boolean isOperator(String operator) {
    return kind == Kind.OPERATOR && text.equals(operator);
  }

  /** This token, for an error message. */
  String describe() {
    return switch (kind) {
      case END -> "the end of the template";
      case BLOCK_END -> "the end of the tag";
      case VARIABLE_END -> "the end of the expression";
      case DATA, BLOCK_BEGIN, VARIABLE_BEGIN -> "text";
      case STRING -> "a string";
      case NAME, INTEGER, FLOAT, OPERATOR -> "\"" + text + "\"";
    };
  }
}
