package org.riselm.onnx.internal.jinja;

import java.util.ArrayList;
import java.util.List;

/**
 * The filters and tests of a template that are not known. Within an "if" they are an error only
 * when they are reached, as in Jinja; elsewhere the template is refused.
 */
final class UnknownNames {
  private final List<TemplateException> reached = new ArrayList<>();
  private final List<TemplateException> refused = new ArrayList<>();

  void add(TemplateException unknown) {
    reached.add(unknown);
  }

  /** Returns where those that are read from now on begin. */
  int count() {
    return reached.size();
  }

  /** Leaves those read from {@code start} on until they are reached. */
  void leave(int start) {
    reached.subList(start, reached.size()).clear();
  }

  /** Refuses those read from {@code start} on, whatever they stand in. */
  void refuse(int start) {
    refused.addAll(reached.subList(start, reached.size()));
    leave(start);
  }

  /** Throws for the first of those that are refused, or are left over. */
  void requireNone() {
    refuse(0);
    if (!refused.isEmpty()) {
      throw refused.get(0);
    }
  }
}
