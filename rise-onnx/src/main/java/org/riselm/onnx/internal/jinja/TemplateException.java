package org.riselm.onnx.internal.jinja;

import static java.util.Objects.requireNonNull;

/** A template that cannot be read or rendered, and where in it. */
public final class TemplateException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** What kind of trouble it is. */
  public enum Kind {
    /** The template is not well-formed; Jinja refuses it too. */
    SYNTAX,
    /** Jinja may know what stands there; this interpreter does not, and does not guess. */
    UNSUPPORTED,
    /** An operation does not work on its values, such as an attribute of an undefined value. */
    EVALUATION,
    /** The template itself called {@code raise_exception}. */
    RAISED,
    /** A bound on work, size or depth was reached. */
    LIMIT
  }

  private final Kind kind;
  private final String detail;
  private final int line;
  private final int column;

  TemplateException(Kind kind, String detail, Position at) {
    super("line %d, column %d: %s".formatted(at.line(), at.column(), detail));
    this.kind = requireNonNull(kind, "kind");
    this.detail = requireNonNull(detail, "detail");
    this.line = at.line();
    this.column = at.column();
  }

  /** What kind of trouble it is. */
  public Kind kind() {
    return kind;
  }

  /** The message without the place; of {@link Kind#RAISED}, the template's own words. */
  public String detail() {
    return detail;
  }

  /** The line in the template's source, from 1. */
  public int line() {
    return line;
  }

  /** The column in the line, in characters from 1. */
  public int column() {
    return column;
  }
}
