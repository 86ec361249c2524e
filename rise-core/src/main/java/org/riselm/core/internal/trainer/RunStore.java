package org.riselm.core.internal.trainer;

import com.google.common.base.Ascii;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.riselm.core.Phase;
import org.riselm.core.evaluation.Evaluation;
import org.riselm.core.internal.run.RunDirectory;
import org.riselm.core.internal.run.RunJson;
import org.riselm.core.internal.run.StageCodec;
import org.riselm.core.internal.run.StageRecord;
import org.riselm.core.internal.util.Interruption;
import org.riselm.core.policy.TrainablePolicy;
import org.riselm.core.policy.spi.ResponseCache;

/** Keeps what each stage gave in the run directory, if there is one, and does no stage twice. */
public final class RunStore implements AutoCloseable {
  private static final String START = "start";

  private final @Nullable RunDirectory directory;
  private final TrainablePolicy policy;
  private final int keep;
  private final PhaseDurations durations;
  private final Phase scoring;
  private final Scores scores = new Scores();
  private int trained;
  private boolean halfTrained;

  /**
   * A log of the work of {@code policy}, which gets the parameters of the directory's last
   * checkpoint.
   *
   * @param directory open, and closed with this; null keeps nothing on disk
   * @param keep how many of the latest checkpoints stay
   * @param scoring the phase whose evaluations say which iteration is the best
   */
  public RunStore(
      @Nullable RunDirectory directory,
      TrainablePolicy policy,
      int keep,
      Phase scoring,
      PhaseDurations durations) {
    this.directory = directory;
    this.policy = policy;
    this.keep = keep;
    this.scoring = scoring;
    this.durations = durations;
    if (directory != null) {
      Optional<Integer> checkpoint = directory.restore(policy);
      if (checkpoint.isEmpty()) {
        directory.commit(
            new StageRecord(START, 0, List.of(), 0, RunJson.MAPPER.createObjectNode()), policy);
      }
      trained = checkpoint.orElse(0);
    }
  }

  /** What keeps the answers of other policies than the learner. */
  public ResponseCache responseCache() {
    return directory == null ? ResponseCache.NONE : directory::caching;
  }

  /** Returns {@code policy}, whose responses and steps in the stage in flight are kept. */
  public TrainablePolicy caching(TrainablePolicy policy) {
    return directory == null ? policy : directory.caching(policy);
  }

  /** Whether results are kept. */
  public boolean onDisk() {
    return directory != null;
  }

  /** The iteration whose parameters were kept last; 0 is the base. */
  public int trained() {
    return trained;
  }

  /** The result of {@code phase} in iteration {@code k}, if it is on disk. */
  public <T> Optional<T> load(int k, Phase phase, StageCodec<T> form) {
    if (directory == null) {
      return Optional.empty();
    }
    Optional<StageRecord> unit = directory.unit(name(phase), k);
    unit.ifPresent(u -> durations.record(phase, u.seconds()));
    Optional<T> result = unit.map(form::read);
    result.ifPresent(r -> note(k, phase, r));
    return result;
  }

  /** Whether {@code last}, which completes an iteration, is on disk for iteration {@code k}. */
  public boolean contains(int k, Phase last) {
    return directory != null && directory.unit(name(last), k).isPresent();
  }

  /** m1@tT of each iteration that was scored; 0 is the base. */
  public Scores scores() {
    return scores;
  }

  /** The result of {@code phase} in iteration {@code k}: the one on disk, or that of the work. */
  public <T> T loadOrRun(int k, Phase phase, StageCodec<T> form, Supplier<T> work) {
    undoHalfTraining();
    Optional<T> found = load(k, phase, form);
    if (found.isPresent()) {
      return found.get();
    }
    Interruption.check();
    halfTrained = phase == Phase.TRAIN;
    T result = work.get();
    if (directory != null) {
      Interruption.check();
      StageRecord unit =
          new StageRecord(
              name(phase), k, form.lines(result), durations.seconds(phase), form.summary(result));
      if (phase == Phase.TRAIN) {
        directory.commit(unit, policy);
        trained = k;
      } else {
        directory.commit(unit);
      }
    }
    halfTrained = false;
    note(k, phase, result);
    return result;
  }

  /** Before anything looks at the policy again: an objective may ask it for probabilities. */
  private void undoHalfTraining() {
    if (halfTrained && directory != null) {
      directory.restore(policy);
    }
    halfTrained = false;
  }

  private void note(int k, Phase phase, Object result) {
    if (phase == scoring && result instanceof Evaluation evaluation) {
      scores.put(k, evaluation.score());
    }
  }

  /** Iteration {@code k} is complete: old checkpoints go, but for the best and the base. */
  public void prune(int k) {
    if (directory == null) {
      return;
    }
    Set<Integer> kept = new HashSet<>();
    kept.add(0); // Wherever the journal may be damaged, the run can go on from here.
    for (int i = Math.max(0, k - keep + 1); i <= k; i++) {
      kept.add(i);
    }
    if (!scores.isEmpty()) {
      kept.add(scores.best());
    }
    directory.retain(kept);
  }

  private static String name(Phase phase) {
    return Ascii.toLowerCase(phase.name());
  }

  @Override
  public void close() {
    if (directory != null) {
      directory.close();
    }
  }
}
