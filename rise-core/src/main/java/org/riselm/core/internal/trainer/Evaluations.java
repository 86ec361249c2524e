package org.riselm.core.internal.trainer;

import com.google.common.collect.ImmutableSortedMap;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.riselm.core.Phase;
import org.riselm.core.RiseListener.EvaluationFinished;
import org.riselm.core.evaluation.Evaluation;
import org.riselm.core.internal.run.StageCodec;

/** Evaluates the policy where that has not been done, and holds what was found. */
public final class Evaluations {
  private final TrainerSettings settings;
  private final StageRunner stages;
  private final RunStore run;
  private final EventPublisher events;
  private final SortedMap<Integer, Evaluation> byIteration = new TreeMap<>();

  /** Makes the evaluations of a run, with that of the base if the run has it. */
  public Evaluations(
      TrainerSettings settings, StageRunner stages, RunStore run, EventPublisher events) {
    this.settings = settings;
    this.stages = stages;
    this.run = run;
    this.events = events;
    run.load(0, Phase.VALIDATE, StageCodec.EVALUATION);
    run.load(0, Phase.EVALUATE, StageCodec.EVALUATION).ifPresent(base -> byIteration.put(0, base));
  }

  /** Returns those on held-out problems, by the iteration they came after; 0 is the base. */
  public SortedMap<Integer, Evaluation> byIteration() {
    return ImmutableSortedMap.copyOfSorted(byIteration);
  }

  /** Evaluates the base, which the policy must be, where that has not been done. */
  public void evaluateBase() {
    if (!run.scores().contains(0)) {
      evaluate(Phase.VALIDATE, 0);
    }
    if (!byIteration.containsKey(0)) {
      evaluate(Phase.EVALUATE, 0);
    }
  }

  /** Evaluates on the problems of {@code phase}, if there are any. */
  public Optional<Evaluation> evaluate(Phase phase, int k) {
    Optional<Evaluation> found =
        settings
            .problemsOf(phase)
            .map(
                problems ->
                    run.loadOrRun(
                        k,
                        phase,
                        StageCodec.EVALUATION,
                        () -> stages.evaluate(phase, k, problems)));
    if (phase == Phase.EVALUATE) {
      found.ifPresent(
          evaluation -> {
            byIteration.put(k, evaluation);
            events.publish(l -> l.evaluationFinished(new EvaluationFinished(k, evaluation)));
          });
    }
    return found;
  }
}
