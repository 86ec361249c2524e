package org.riselm.core.internal.trainer;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.riselm.core.Phase;
import org.riselm.core.RiseListener.EpisodesCollected;
import org.riselm.core.RiseListener.Stepped;
import org.riselm.core.evaluation.Evaluation;
import org.riselm.core.evaluation.Evaluator;
import org.riselm.core.internal.run.StageCodec.Targets;
import org.riselm.core.internal.run.StageCodec.Trained;
import org.riselm.core.internal.util.Seeds;
import org.riselm.core.mdp.Episode;
import org.riselm.core.mdp.Problem;
import org.riselm.core.objective.WeightedExamples;
import org.riselm.core.policy.TrainingOptions;
import org.riselm.core.policy.TrainingProgress;
import org.riselm.core.policy.TrainingSummary;
import org.riselm.core.policy.spi.ResponseCache;
import org.riselm.core.relabel.Attempt;
import org.riselm.core.relabel.RelabelContext;
import org.riselm.core.relabel.Target;
import org.riselm.core.rollout.EpisodeCollector;
import org.riselm.core.rollout.RolloutOptions;
import org.riselm.core.task.ProblemSet;

/** Does the work of each stage of an iteration, as the options say, and tells the listeners. */
public final class StageRunner {
  private final TrainerSettings options;
  private final EventPublisher announcer;
  private final ResponseCache recorder;

  public StageRunner(TrainerSettings options, EventPublisher announcer, ResponseCache recorder) {
    this.options = options;
    this.announcer = announcer;
    this.recorder = recorder;
  }

  /** Episodes of the policy as it is; none where the plan gives examples instead. */
  public List<Episode> collect(int k) {
    if (options.plan().isWarmStart(k)) {
      return List.of();
    }
    RolloutOptions rollout =
        new RolloutOptions(
            options.turnsIn(k),
            options.stopWhenCorrect(),
            options.episodesPerProblem(),
            options.historyWindow(),
            options.sampling(),
            options.feedback(),
            options.problems().verifier());
    List<Episode> episodes =
        announcer.run(
            Phase.COLLECT,
            k,
            progress ->
                new EpisodeCollector(rollout)
                    .collect(
                        options.policy(),
                        problemsOf(k),
                        options.seed(),
                        k,
                        (done, total, tokens, reward) ->
                            progress.at(done, total, tokens, reward, Double.NaN)));
    announcer.publish(l -> l.episodesCollected(new EpisodesCollected(k, episodes)));
    return episodes;
  }

  /**
   * The problems of iteration {@code k}: all, or as many as asked, taken from a shuffle of all
   * until it is used up, then from another shuffle. A function of k, so it needs no memory.
   */
  private List<Problem> problemsOf(int k) {
    ProblemSet all = options.problems();
    int count = options.problemsPerIteration();
    if (count == all.size()) {
      return all.problems();
    }
    int perShuffle = all.size() / count;
    int shuffle = (k - 1) / perShuffle;
    int from = (k - 1) % perShuffle * count;
    long shuffleSeed = Seeds.derive(options.seed(), Seeds.coordinate("problems"), shuffle);
    return all.shuffled(shuffleSeed).problems().subList(from, from + count);
  }

  /** The response to learn for each attempt. */
  public Targets relabel(int k, List<Attempt> attempts) {
    if (attempts.isEmpty()) {
      return new Targets(List.of(), 0);
    }
    AtomicLong tokensSoFar = new AtomicLong();
    List<Target> relabels =
        announcer.run(
            Phase.RELABEL,
            k,
            progress ->
                options
                    .relabeler()
                    .relabel(
                        attempts,
                        new RelabelContext(
                            options.policy(),
                            options.problems().verifier(),
                            options.sampling(),
                            options.seed(),
                            k,
                            (done, total, tokens, reward) -> {
                              tokensSoFar.set(tokens);
                              progress.at(done, total, tokens, reward, Double.NaN);
                            },
                            recorder,
                            options.deadline())));
    if (relabels.size() != attempts.size()) {
      throw new IllegalStateException(
          "the relabeler %s gave %d relabels to %d attempts; one each"
              .formatted(
                  options.relabeler().getClass().getName(), relabels.size(), attempts.size()));
    }
    return new Targets(Targets.pair(attempts, relabels), tokensSoFar.get());
  }

  /** Trains the policy, from the parameters it has, on {@code lesson}. */
  public Trained train(int k, WeightedExamples lesson, List<Episode> episodes) {
    if (lesson.examples().isEmpty()) {
      throw new IllegalStateException(
          "iteration %d has nothing to learn: %d episodes, %d targets skipped as failed, empty, too long or not in the vocabulary; first failure: %s"
              .formatted(k, episodes.size(), lesson.skipped(), firstFailure(episodes)));
    }
    TrainingOptions training =
        options.training().toBuilder()
            .seed(Seeds.derive(options.seed(), Seeds.coordinate("training"), k))
            .normalization(lesson.normalization())
            .build();
    return announcer.run(
        Phase.TRAIN,
        k,
        progress -> {
          long[] tokens = {0};
          List<TrainingProgress.Step> steps = new ArrayList<>();
          TrainingSummary summary =
              options
                  .policy()
                  .train(
                      lesson.examples(),
                      training,
                      step -> {
                        steps.add(step);
                        announcer.publish(l -> l.stepped(new Stepped(k, step)));
                        tokens[0] += step.tokens();
                        progress.at(
                            step.number(), step.total(), tokens[0], Double.NaN, step.loss());
                      });
          return new Trained(summary, steps, lesson.stats());
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
    Evaluator evaluator = new Evaluator(problems, options.evaluation());
    return announcer.run(
        phase,
        k,
        progress ->
            evaluator.evaluate(
                options.policy(),
                options.seed(),
                (done, total, tokens, reward) ->
                    progress.at(done, total, tokens, reward, Double.NaN)));
  }
}
