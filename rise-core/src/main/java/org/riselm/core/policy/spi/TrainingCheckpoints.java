package org.riselm.core.policy.spi;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.riselm.core.policy.ProgressEvent.TrainingStep;

/**
 * Checkpoints of one training, from which it goes on when its process died. A training that goes on
 * from any of them ends with the same parameters as if it had never stopped. {@link
 * TrainingRecorder} does what a policy has to do with them.
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

  /** Everything that decides how a training goes on, except what follows from its settings. */
  interface State {
    /**
     * Writes the parameters and the optimizer's moments to {@code folder}, new or empty.
     *
     * @param folder new or empty
     * @throws IOException if reading or writing fails; names the file
     */
    void save(Path folder) throws IOException;

    /**
     * Restores what {@link #save} wrote.
     *
     * @param folder the folder
     * @throws IOException if reading or writing fails; names the file
     */
    void restore(Path folder) throws IOException;
  }

  /**
   * Restores {@code state} from the last whole checkpoint.
   *
   * @param state the state
   * @return the steps up to there; none if there is no checkpoint, and the training begins
   */
  List<TrainingStep> resume(State state);

  /** {@return whether it is time for a checkpoint} Called after every step. */
  boolean isDue();

  /**
   * Saves a checkpoint; when this returns, it is on disk.
   *
   * @param steps all so far, in order
   * @param state as it is after them
   */
  void save(List<TrainingStep> steps, State state);
}
