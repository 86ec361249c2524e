package org.riselm.core.internal.run;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.riselm.core.policy.TrainablePolicy;
import org.riselm.core.run.RunException;

/**
 * A checkpoint of another run, from which a run begins.
 *
 * @param folder the other run's directory, which is only read
 * @param iteration whose checkpoint it is; 0 is the base
 */
public record Branch(Path folder, int iteration) {
  public Branch {
    requireNonNull(folder, "folder");
    if (iteration < 0) {
      throw new IllegalArgumentException("iteration is " + iteration + "; 0 or more");
    }
  }

  /**
   * Gives {@code policy} the parameters of the checkpoint.
   *
   * @throws RunException if the run has no whole one; says what it has
   */
  public void restore(TrainablePolicy policy) {
    if (!Files.exists(folder.resolve(Manifest.NAME))) {
      throw new RunException(
          "%s is no run directory: it has no %s; name one to branch from"
              .formatted(folder, Manifest.NAME));
    }
    try {
      List<StageLog.Marked> stages = new ArrayList<>();
      StageLog.scan(folder.resolve(StageLog.NAME), stages);
      Checkpoints checkpoints = Checkpoints.existing(folder);
      JsonNode sha256 =
          stages.stream()
              .filter(s -> s.iteration() == iteration && s.mark().has(RunDirectory.CHECKPOINT))
              .reduce((earlier, later) -> later)
              .map(s -> s.mark().get(RunDirectory.CHECKPOINT))
              .orElseThrow(
                  () ->
                      new RunException(
                          "%s has not come to a checkpoint of iteration %d"
                              .formatted(folder, iteration)));
      String name = Checkpoints.afterIteration(iteration);
      String fault = checkpoints.fault(name, sha256.asText());
      if (!fault.isEmpty()) {
        throw new RunException(
            fault
                + "; branch from an iteration whose checkpoint the run keeps: "
                + checkpoints.names());
      }
      policy.restore(checkpoints.saved(name));
    } catch (IOException e) {
      throw new RunException(folder + ": could not read its checkpoint: " + e, e);
    }
  }

  @Override
  public String toString() {
    return "iteration %d of %s".formatted(iteration, folder.toAbsolutePath().normalize());
  }
}
