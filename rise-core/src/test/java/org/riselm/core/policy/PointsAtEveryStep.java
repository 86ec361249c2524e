package org.riselm.core.policy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.riselm.core.policy.ProgressEvent.TrainingStep;
import org.riselm.core.policy.spi.TrainingCheckpoints;

/** Keeps a point of a training after every step, and goes on from any. */
final class PointsAtEveryStep implements TrainingCheckpoints {
  private final Path folder;
  private final List<List<TrainingStep>> points = new ArrayList<>();

  PointsAtEveryStep(Path folder) {
    this.folder = folder;
  }

  int count() {
    return points.size();
  }

  @Override
  public List<TrainingStep> resume(State state) {
    return List.of();
  }

  @Override
  public boolean isDue() {
    return true;
  }

  @Override
  public void save(List<TrainingStep> steps, State state) {
    try {
      state.save(folder.resolve("point-" + points.size()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    points.add(steps);
  }

  /** To go on from the point {@code at}; keeps no more. */
  TrainingCheckpoints lastAt(int at) {
    return new TrainingCheckpoints() {
      @Override
      public List<TrainingStep> resume(State state) {
        try {
          state.restore(folder.resolve("point-" + at));
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
        return points.get(at);
      }

      @Override
      public boolean isDue() {
        return false;
      }

      @Override
      public void save(List<TrainingStep> steps, State state) {
        throw new AssertionError("not wanted");
      }
    };
  }
}
