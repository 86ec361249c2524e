package org.riselm.core.relabel;

import java.util.List;
import org.riselm.core.mdp.Described;

/**
 * Finds a better response than the learner's own for each state that the learner reached (RISE,
 * section 4.2).
 */
@FunctionalInterface
public interface Relabeler extends Described {
  /**
   * {@return the response to learn for each attempt, in the order of the attempts} Where there is
   * none, it is the learner's own, with a source that says so; only misuse throws.
   *
   * @param attempts the attempts
   * @param context what a relabeler may use
   */
  List<Target> relabel(List<Attempt> attempts, RelabelContext context);

  /**
   * {@return {@code relabeler} with a description for a run's configuration}
   *
   * @param name tells it from others
   * @param relabeler the relabeler
   */
  static Relabeler named(String name, Relabeler relabeler) {
    return new Relabeler() {
      @Override
      public List<Target> relabel(List<Attempt> attempts, RelabelContext context) {
        return relabeler.relabel(attempts, context);
      }

      @Override
      public String toString() {
        return name;
      }
    };
  }
}
