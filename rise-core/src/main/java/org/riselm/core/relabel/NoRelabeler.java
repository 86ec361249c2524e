package org.riselm.core.relabel;

import java.util.List;

/** See {@link Relabelers#none()}. */
final class NoRelabeler implements Relabeler {
  @Override
  public List<Target> relabel(List<Attempt> attempts, RelabelContext context) {
    return attempts.stream().map(Target::own).toList();
  }

  @Override
  public String toString() {
    return "own";
  }
}
