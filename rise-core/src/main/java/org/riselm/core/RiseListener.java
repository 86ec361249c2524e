package org.riselm.core;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Optional;
import org.riselm.core.evaluation.Evaluation;
import org.riselm.core.mdp.Episode;
import org.riselm.core.policy.ProgressEvent;
import org.riselm.core.policy.ProgressEvent.TrainingStep;
import org.riselm.core.policy.ScoringPolicy.Divergence;

/**
 * Watches a trainer: one method for each kind of event. Every method is called on the trainer's
 * thread and must be quick; each does nothing unless overridden.
 *
 * <p>What a listener throws is logged, up to three times, and ignored: it can neither stop a run
 * nor change it, except by {@link RiseTrainer#close}. It must not call {@link RiseTrainer#iterate}
 * and its like, which refuse.
 */
public interface RiseListener {
  /**
   * Hears that a phase begins.
   *
   * @param event what happened
   */
  default void phaseStarted(PhaseStarted event) {}

  /**
   * Hears how far a phase is. May come thousands of times a second; thin it out before printing.
   *
   * @param event what happened
   */
  default void phaseProgressed(PhaseProgressed event) {}

  /**
   * Hears that an optimizer step is done. Those that an earlier process did of a training that goes
   * on are told again.
   *
   * @param event what happened
   */
  default void stepped(Stepped event) {}

  /**
   * Hears that a phase is over.
   *
   * @param event what happened
   */
  default void phaseFinished(PhaseFinished event) {}

  /**
   * Hears that an iteration has its episodes; relabeling comes next.
   *
   * @param event what happened
   */
  default void episodesCollected(EpisodesCollected event) {}

  /**
   * Hears that the policy was evaluated.
   *
   * @param event what happened
   */
  default void evaluationFinished(EvaluationFinished event) {}

  /**
   * Hears that an iteration is over.
   *
   * @param event what happened
   */
  default void iterationFinished(IterationFinished event) {}

  /**
   * A phase begins.
   *
   * @param phase which
   * @param iteration it belongs to, from 1; 0 is the evaluation before the first
   */
  record PhaseStarted(Phase phase, int iteration) {}

  /**
   * How far a phase is.
   *
   * @param phase which
   * @param iteration it belongs to
   * @param progress since the phase began
   * @param elapsedSeconds since the phase began
   */
  record PhaseProgressed(
      Phase phase, int iteration, ProgressEvent progress, double elapsedSeconds) {

    /** {@return the tokens per second so far; 0 while no time has passed} */
    public double tokensPerSecond() {
      return elapsedSeconds > 0 ? progress.tokens() / elapsedSeconds : 0;
    }

    /** {@return the seconds that the rest would take at this pace; NaN before anything is done} */
    public double secondsLeft() {
      return progress.done() > 0
          ? elapsedSeconds * (progress.total() - progress.done()) / progress.done()
          : Double.NaN;
    }
  }

  /**
   * An optimizer step is done.
   *
   * @param iteration it belongs to
   * @param step its numbers
   */
  record Stepped(int iteration, TrainingStep step) {}

  /**
   * A phase is over.
   *
   * @param phase which
   * @param iteration it belongs to
   * @param seconds it took
   */
  record PhaseFinished(Phase phase, int iteration, double seconds) {}

  /**
   * An iteration has its episodes.
   *
   * @param iteration that collected them
   * @param episodes in the order of the problems
   * @param divergence of the policy from what they were drawn from, if that is another
   */
  record EpisodesCollected(int iteration, List<Episode> episodes, Optional<Divergence> divergence) {
    /** Checks the components. */
    public EpisodesCollected {
      episodes = List.copyOf(episodes);
      requireNonNull(divergence, "divergence");
    }
  }

  /**
   * The policy was evaluated.
   *
   * @param iteration after which; 0 is the base
   * @param evaluation what was found
   */
  record EvaluationFinished(int iteration, Evaluation evaluation) {}

  /**
   * An iteration is over.
   *
   * @param report what it did
   */
  record IterationFinished(IterationReport report) {}
}
