package org.riselm.core.run;

import com.google.common.util.concurrent.Uninterruptibles;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.riselm.core.mdp.Example;
import org.riselm.core.policy.Completion;
import org.riselm.core.policy.ProgressEvent.TrainingStep;
import org.riselm.core.policy.ProgressListener;
import org.riselm.core.policy.Query;
import org.riselm.core.policy.SamplingOptions;
import org.riselm.core.policy.TrainablePolicy;
import org.riselm.core.policy.TrainingRequest;
import org.riselm.core.policy.TrainingSummary;
import org.riselm.core.policy.spi.TrainingCheckpoints;

/** A policy that takes its time, and counts what it is asked for. */
final class SlowPolicy implements TrainablePolicy {
  private final TrainablePolicy policy;
  private final Duration pause;
  private int answered;
  private int trainings;
  private int resumedAfter = -1;

  SlowPolicy(TrainablePolicy policy, Duration pause) {
    this.policy = policy;
    this.pause = pause;
  }

  int answered() {
    return answered;
  }

  int trainings() {
    return trainings;
  }

  /** The step that the first training went on after; 0 if it began. */
  int resumedAfter() {
    return resumedAfter;
  }

  private void pause() {
    Uninterruptibles.sleepUninterruptibly(pause);
  }

  @Override
  public List<Completion> complete(
      List<Query> queries, SamplingOptions sampling, ProgressListener progress) {
    pause();
    answered += queries.size();
    return policy.complete(queries, sampling, progress);
  }

  @Override
  public boolean fits(Example example) {
    return policy.fits(example);
  }

  @Override
  public TrainingSummary train(
      List<Example> examples,
      TrainingRequest training,
      ProgressListener progress,
      TrainingCheckpoints points) {
    trainings++;
    return policy.train(
        examples,
        training,
        event -> {
          pause();
          pause(); // So that a run is as often in a training as elsewhere.
          progress.progressed(event);
        },
        noting(points));
  }

  private TrainingCheckpoints noting(TrainingCheckpoints points) {
    return new TrainingCheckpoints() {
      @Override
      public List<TrainingStep> resume(State state) {
        List<TrainingStep> steps = points.resume(state);
        resumedAfter = resumedAfter < 0 ? steps.size() : resumedAfter;
        return steps;
      }

      @Override
      public boolean isDue() {
        return points.isDue();
      }

      @Override
      public void save(List<TrainingStep> steps, State state) {
        points.save(steps, state);
      }
    };
  }

  @Override
  public void save(Path folder) throws IOException {
    pause();
    policy.save(folder);
    pause();
  }

  @Override
  public void restore(Path folder) throws IOException {
    policy.restore(folder);
  }
}
