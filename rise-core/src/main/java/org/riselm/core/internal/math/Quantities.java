package org.riselm.core.internal.math;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Quantities in more than one unit: 2 hours and 30 minutes are 2.5 hours. */
final class Quantities {
  private Quantities() {}

  /** The sum of {@code parts} in the first one's unit; empty if they are not such a quantity. */
  static Optional<Node> sum(List<Node> parts) {
    List<Node> terms = new ArrayList<>();
    String unit = "";
    Units.Unit first = null;
    Units.Unit above = null;
    for (Node part : parts) {
      Units.Unit own = part instanceof Node.Measured m ? Units.find(m.unit()).orElse(null) : null;
      if (own == null
          || !(((Node.Measured) part).value() instanceof Node.Num number)
          || (!number.value().isInteger() && terms.size() + 1 < parts.size())
          || number.value().signum() < 0) {
        return Optional.empty();
      }
      if (above == null || first == null) {
        first = own;
        unit = ((Node.Measured) part).unit();
      } else if (!own.kind().equals(above.kind())
          || number.value().times(own.size()).compareTo(above.size()) >= 0) {
        return Optional.empty();
      }
      above = own;
      terms.add(new Node.Num(number.value().times(own.size()).times(first.size().inverse()), -1));
    }
    return terms.size() < 2
        ? Optional.empty()
        : Optional.of(new Node.Measured(new Node.Sum(List.copyOf(terms)), unit));
  }
}
