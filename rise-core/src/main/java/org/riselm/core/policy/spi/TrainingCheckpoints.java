package org.riselm.core.policy.spi;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.riselm.core.policy.TrainingStep;

/**
 * Where a training can go on from when its process dies: keeps the state of one training, now and
 * then. A training that goes on from any of its points ends with the same parameters as if it had
 * never stopped. {@link TrainingRecorder} does what a policy has to do with them.
 */
public interface TrainingCheckpoints {
  /** Keeps nothing. */
  TrainingCheckpoints NONE =
      new TrainingCheckpoints() {
        @Override
        public List<TrainingStep> resume(State state) {
          return List.of();
        }

        @Override
        public boolean isDue() {
          return false;
        }

        @Override
        public void save(List<TrainingStep> steps, State state) {}
      };

  /** All that decides how a training goes on, but for what follows from its settings. */
  interface State {
    /** Writes the parameters and the optimizer's moments to {@code folder}, new or empty. */
    void save(Path folder) throws IOException;

    /** Takes back what {@link #save} wrote. */
    void restore(Path folder) throws IOException;
  }

  /**
   * Gives {@code state} what the last whole point holds.
   *
   * @return the steps up to there; none if there is no point, and the training begins
   */
  List<TrainingStep> resume(State state);

  /** Whether it is time for a point. Asked after every step. */
  boolean isDue();

  /**
   * Keeps a point; when this returns, it is on disk.
   *
   * @param steps all so far, in order
   * @param state as it is after them
   */
  void save(List<TrainingStep> steps, State state);
}
