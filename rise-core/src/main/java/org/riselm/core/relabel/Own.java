package org.riselm.core.relabel;

import java.util.List;

/** See {@link Relabelers#own()}. */
final class Own implements Relabeler {
  @Override
  public List<Relabel> relabel(List<Attempt> attempts, RelabelContext context) {
    return attempts.stream().map(Relabel::own).toList();
  }

  @Override
  public String toString() {
    return "own";
  }
}
