package org.riselm.core.internal.trainer;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.riselm.core.Phase;
import org.riselm.core.RiseListener.EpisodesCollected;
import org.riselm.core.evaluation.Evaluation;
import org.riselm.core.evaluation.EvaluationOptions;
import org.riselm.core.evaluation.Evaluator;
import org.riselm.core.internal.rollout.Deadline;
import org.riselm.core.internal.run.StageCodec.Collected;
import org.riselm.core.internal.run.StageCodec.Targets;
import org.riselm.core.internal.run.StageCodec.Trained;
import org.riselm.core.internal.util.Seeds;
import org.riselm.core.mdp.Episode;
import org.riselm.core.mdp.Problem;
import org.riselm.core.mdp.Reward;
import org.riselm.core.objective.WeightedExamples;
import org.riselm.core.policy.ProgressEvent.TrainingStep;
import org.riselm.core.policy.ScoringPolicy;
import org.riselm.core.policy.TrainablePolicy;
import org.riselm.core.policy.TrainingRequest;
import org.riselm.core.policy.TrainingSummary;
import org.riselm.core.policy.spi.ResponseCache;
import org.riselm.core.relabel.Attempt;
import org.riselm.core.relabel.RelabelContext;
import org.riselm.core.relabel.Target;
import org.riselm.core.rollout.EpisodeCollector;
import org.riselm.core.rollout.RolloutOptions;
import org.riselm.core.run.RunOptions;
import org.riselm.core.task.ProblemSet;

/** Does the work of each stage of an iteration, as the options say, and tells the listeners. */
public final class StageRunner {
  private final TrainerSettings settings;
  private final TrainablePolicy learner;
  private final Optional<ScoringPolicy> scorer;
  private final EventPublisher events;
  private final ResponseCache cache;
  private final Duration callDeadline;
  private final UserCode userCode;

  /**
   * Makes a runner.
   *
   * @param learner responds and learns
   * @param scorer the learner, if it responds from an approximation of what it scores
   * @param cache keeps the responses of other policies
   */
  public StageRunner(
      TrainerSettings settings,
      TrainablePolicy learner,
      Optional<ScoringPolicy> scorer,
      EventPublisher events,
      ResponseCache cache,
      RunOptions options) {
    this.settings = settings;
    this.learner = learner;
    this.scorer = scorer;
    this.events = events;
    this.cache = cache;
    this.callDeadline = options.callDeadline();
    this.userCode = new UserCode(Deadline.of(callDeadline));
  }

  /** Returns the policy that responds and learns. */
  public TrainablePolicy learner() {
    return learner;
  }

  /** Returns episodes of the policy as it is; none where the plan gives examples instead. */
  public Collected collect(int k) {
    if (settings.isWarmStart(k)) {
      return new Collected(List.of(), Optional.empty());
    }
    RolloutOptions rollout =
        settings.rolloutOf(k).toBuilder()
            .reward(userCode.guard(settings.problems().training().verifier()))
            .feedback(userCode.guard(settings.rollout().feedback()))
            .build();
    Collected collected =
        events.run(
            Phase.COLLECT,
            k,
            progress -> {
              DivergenceMeter meter = new DivergenceMeter(learner);
              TrainablePolicy sampler = scorer.isPresent() ? meter : learner;
              List<Episode> episodes =
                  new EpisodeCollector(rollout)
                      .collect(sampler, problemsOf(k), settings.seed(), k, progress);
              return new Collected(episodes, scorer.map(meter::divergence));
            });
    events.publish(
        l ->
            l.episodesCollected(
                new EpisodesCollected(k, collected.episodes(), collected.divergence())));
    return collected;
  }

  /**
   * The problems of iteration {@code k}: all, or as many as asked, taken from a shuffle of all
   * until it is used up, then from another shuffle. A function of k, so it needs no memory.
   */
  private List<Problem> problemsOf(int k) {
    ProblemSet all = settings.problems().training();
    int count = settings.problems().perIteration();
    if (count == all.size()) {
      return all.problems();
    }
    int perShuffle = all.size() / count;
    int shuffle = (k - 1) / perShuffle;
    int from = (k - 1) % perShuffle * count;
    long shuffleSeed = Seeds.derive(settings.seed(), Seeds.coordinate("problems"), shuffle);
    return all.shuffled(shuffleSeed).problems().subList(from, from + count);
  }

  /** The response to learn for each attempt. */
  public Targets relabel(int k, List<Attempt> attempts) {
    if (attempts.isEmpty()) {
      return new Targets(List.of(), 0);
    }
    Reward reward = userCode.guard(settings.problems().training().verifier());
    AtomicLong tokensSoFar = new AtomicLong();
    List<Target> relabels =
        events.run(
            Phase.RELABEL,
            k,
            progress ->
                settings
                    .method()
                    .relabeler()
                    .relabel(
                        attempts,
                        RelabelContext.builder(learner, reward)
                            .sampling(settings.rollout().sampling())
                            .seed(settings.seed())
                            .iteration(k)
                            .progress(
                                event -> {
                                  tokensSoFar.set(event.tokens());
                                  progress.progressed(event);
                                })
                            .responseCache(cache)
                            .callDeadline(callDeadline)
                            .build()));
    if (relabels.size() != attempts.size()) {
      throw new IllegalStateException(
          "the relabeler %s gave %d relabels to %d attempts; one each"
              .formatted(
                  settings.method().relabeler().getClass().getName(),
                  relabels.size(),
                  attempts.size()));
    }
    return new Targets(Targets.pair(attempts, relabels), tokensSoFar.get());
  }

  /** Trains the policy, from the parameters it has, on {@code set}. */
  public Trained train(int k, WeightedExamples set, List<Episode> episodes) {
    if (set.examples().isEmpty()) {
      throw new IllegalStateException(
          "iteration %d has nothing to learn: %d episodes, %d targets skipped as failed, empty, too long or not in the vocabulary; first failure: %s"
              .formatted(k, episodes.size(), set.skipped(), firstFailure(episodes)));
    }
    TrainingRequest training =
        TrainingRequest.of(settings.training(), learner)
            .withSeed(Seeds.derive(settings.seed(), Seeds.coordinate("training"), k))
            .withNormalization(set.normalization());
    return events.run(
        Phase.TRAIN,
        k,
        progress -> {
          List<TrainingStep> steps = new ArrayList<>();
          TrainingSummary summary =
              learner.train(
                  set.examples(),
                  training,
                  event -> {
                    if (event.step() != null) {
                      steps.add(event.step());
                    }
                    progress.progressed(event);
                  });
          return new Trained(summary, steps, set.stats());
        });
  }

  private static String firstFailure(List<Episode> episodes) {
    return episodes.stream()
        .flatMap(e -> e.turns().stream())
        .flatMap(t -> Optional.ofNullable(t.failure()).stream())
        .findFirst()
        .orElse("none");
  }

  /** How well the policy does on {@code problems}, which {@code phase} is about. */
  public Evaluation evaluate(Phase phase, int k, ProblemSet problems) {
    EvaluationOptions options = settings.evaluation();
    Evaluator evaluator =
        new Evaluator(
            userCode.guard(problems),
            options.toBuilder().feedback(userCode.guard(options.feedback())).build());
    return events.run(phase, k, progress -> evaluator.evaluate(learner, settings.seed(), progress));
  }
}
