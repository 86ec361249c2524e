package org.riselm.onnx.internal.jinja;

/** A place in a template's source: line and column, both from 1. */
record Position(int line, int column) {
  TemplateException syntax(String detail) {
    return new TemplateException(TemplateException.Kind.SYNTAX, detail, this);
  }

  TemplateException unsupported(String detail) {
    return new TemplateException(TemplateException.Kind.UNSUPPORTED, detail, this);
  }

  TemplateException limit(String detail) {
    return new TemplateException(TemplateException.Kind.LIMIT, detail, this);
  }
}
