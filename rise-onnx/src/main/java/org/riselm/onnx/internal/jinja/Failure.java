package org.riselm.onnx.internal.jinja;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;

/**
 * Trouble inside an operation, which does not know where in the template it stands. The evaluator
 * turns it into a {@link TemplateException} at the expression that it evaluates.
 */
final class Failure extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final TemplateException.Kind kind;
  private final String detail;

  private Failure(TemplateException.Kind kind, String detail) {
    // Without a stack trace: where it happened in the template is what counts.
    super(detail, null, false, false);
    this.kind = kind;
    this.detail = detail;
  }

  /** Python would fail here too. */
  @FormatMethod
  static Failure evaluation(@FormatString String detail, Object... arguments) {
    return new Failure(TemplateException.Kind.EVALUATION, detail.formatted(arguments));
  }

  /** Python would go on; this interpreter cannot. */
  @FormatMethod
  static Failure unsupported(@FormatString String detail, Object... arguments) {
    return new Failure(TemplateException.Kind.UNSUPPORTED, detail.formatted(arguments));
  }

  @FormatMethod
  static Failure limit(@FormatString String detail, Object... arguments) {
    return new Failure(TemplateException.Kind.LIMIT, detail.formatted(arguments));
  }

  static Failure raised(String message) {
    return new Failure(TemplateException.Kind.RAISED, message);
  }

  TemplateException at(Position position) {
    return new TemplateException(kind, detail, position);
  }
}
