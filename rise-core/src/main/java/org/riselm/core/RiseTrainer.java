package org.riselm.core;

import com.google.common.collect.ImmutableSortedMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.riselm.core.Kept.Collected;
import org.riselm.core.Kept.Targets;
import org.riselm.core.Kept.Trained;
import org.riselm.core.RiseListener.EpisodesCollected;
import org.riselm.core.RiseListener.EvaluationFinished;
import org.riselm.core.RiseListener.IterationFinished;
import org.riselm.core.evaluation.Evaluation;
import org.riselm.core.evaluation.Evaluator;
import org.riselm.core.mdp.Episode;
import org.riselm.core.mdp.Problem;
import org.riselm.core.objective.Weighted;
import org.riselm.core.policy.Seeds;
import org.riselm.core.policy.TrainablePolicy;
import org.riselm.core.policy.Training;
import org.riselm.core.policy.TrainingProgress;
import org.riselm.core.policy.TrainingSummary;
import org.riselm.core.relabel.Attempt;
import org.riselm.core.relabel.Relabel;
import org.riselm.core.relabel.RelabelContext;
import org.riselm.core.relabel.RelabelStats;
import org.riselm.core.rollout.EpisodeCollector;
import org.riselm.core.rollout.RolloutOptions;
import org.riselm.core.rollout.RolloutStats;
import org.riselm.core.task.ProblemSet;

/**
 * RISE: trains a policy to find and correct its own mistakes over several turns (Recursive
 * Introspection, arXiv 2407.18219).
 *
 * <p>Departures from the paper and its released code, each with a builder option where there is a
 * choice:
 *
 * <ul>
 *   <li>Each iteration goes on from the last parameters, on its own examples only. The paper
 *       restarts from the base model on the examples of all iterations.
 *   <li>Weights are centred per problem, as the paper says and the released code does not.
 *   <li>An episode goes on after a right answer, so that the policy learns to keep it. The paper
 *       stops there, and never trains a turn after a right one.
 *   <li>Feedback is truthful. The paper says "incorrect" in evaluation even after a right answer.
 *   <li>A state shows the latest attempt only, in training and in evaluation. The paper shows as
 *       many as the policy was trained on, a number that grows with the iterations.
 *   <li>Every state that the learner reached is relabelled, the first turn's too, and a target that
 *       scores below the learner's own response is never taken. The paper relabels the last turn.
 *   <li>The loss sums over tokens and is normalised by the weights; the released code takes the
 *       mean per response and does not normalise.
 *   <li>Every draw has a seed of its own. Nothing in the released code is seeded.
 * </ul>
 *
 * <p>With a {@linkplain RiseTrainerBuilder#runDirectory run directory} a run survives its process:
 * the same program on the same directory goes on from the last complete stage, and ends with the
 * same parameters and episodes as if it had never stopped.
 *
 * <p>The caller owns the policy and closes it. Not thread-safe, but for {@link #close}.
 */
public final class RiseTrainer implements AutoCloseable {
  private final RiseOptions options;
  private final Announcer announcer;
  private final RunLog run;
  private final Stop stop = new Stop();
  private final List<IterationReport> reports = new ArrayList<>();
  private final SortedMap<Integer, Evaluation> evaluations = new TreeMap<>();
  private int iterations;

  RiseTrainer(RiseOptions options, Announcer announcer, RunLog run) {
    this.options = options;
    this.announcer = announcer;
    this.run = run;
    run.find(0, Phase.EVALUATE, Kept.EVALUATION).ifPresent(base -> evaluations.put(0, base));
    while (run.holds(iterations + 1, options.evaluationProblems().isPresent())) {
      reports.add(iteration(iterations + 1));
    }
    run.completed(run.trained());
  }

  /** Starts a trainer of {@code policy} on {@code problems}; everything else has a default. */
  public static RiseTrainerBuilder builder(TrainablePolicy policy, ProblemSet problems) {
    return new RiseTrainerBuilder(policy, problems);
  }

  /** How many iterations are done; those that a run directory holds count. */
  public int iterations() {
    return iterations;
  }

  /** What each iteration did, in order; those that a run directory holds too. */
  public List<IterationReport> reports() {
    return List.copyOf(reports);
  }

  /** What each evaluation found, by the iteration it came after; 0 is the base. */
  public SortedMap<Integer, Evaluation> evaluations() {
    return ImmutableSortedMap.copyOfSorted(evaluations);
  }

  /**
   * Does one iteration: collect, relabel, weigh, train, evaluate. With a run directory, stages that
   * an earlier process completed are not done again.
   *
   * <p>If it throws before the training is done, the same iteration can be tried again. If the
   * thread is interrupted, or the trainer closed, it stops at the next step of the policy.
   *
   * @throws IllegalStateException if no attempt left anything to learn
   * @throws java.util.concurrent.CancellationException if it was stopped
   */
  public IterationReport iterate() {
    return stop.during(
        () -> {
          IterationReport report = iteration(iterations + 1);
          reports.add(report);
          run.completed(iterations);
          announcer.tell(l -> l.iterationFinished(new IterationFinished(report)));
          return report;
        });
  }

  private IterationReport iteration(int k) {
    announcer.takeSeconds();
    // Unroll the current policy on its own mistakes: K = k + 1 turns by default (section 4.2).
    List<Episode> episodes =
        run.keep(k, Phase.COLLECT, Collected.FORM, () -> new Collected(collect(k))).episodes();
    // Find a better response for every state it reached, the first turn's too (section 4.2).
    List<Attempt> attempts = Attempt.in(episodes, options.historyWindow());
    Targets targets =
        run.keep(k, Phase.RELABEL, Targets.form(attempts), () -> relabel(k, attempts));
    // Weigh by reward, centred per problem (section 3.2, equation 3.6).
    Weighted weighted =
        options.objective().weigh(targets.relabelled()).only(options.policy()::fits);
    // Learn, from the last parameters on.
    Trained trained =
        run.keep(k, Phase.TRAIN, Trained.form(weighted), () -> train(k, weighted, episodes));
    if (!run.onDisk()) {
      iterations = k; // The parameters have changed, and nothing could bring them back.
    }
    Optional<Evaluation> evaluation =
        options.evaluationProblems().map(problems -> evaluateOn(problems, k));
    iterations = k;
    return new IterationReport(
        k,
        RolloutStats.of(episodes),
        RelabelStats.of(targets.relabelled(), targets.tokens()),
        weighted.stats(),
        trained.summary(),
        evaluation,
        announcer.takeSeconds());
  }

  /**
   * Evaluates the policy as it is; before the first iteration, that is the base. An evaluation that
   * the run directory holds is not done again.
   *
   * @throws IllegalStateException if the trainer has no problems to evaluate on
   * @throws java.util.concurrent.CancellationException if it was stopped, as {@link #iterate} can
   *     be
   */
  public Evaluation evaluate() {
    ProblemSet problems =
        options
            .evaluationProblems()
            .orElseThrow(
                () ->
                    new IllegalStateException(
                        "there are no problems to evaluate on; give some to"
                            + " RiseTrainerBuilder.evaluateOn"));
    return stop.during(() -> evaluateOn(problems, Math.max(iterations, run.trained())));
  }

  private List<Episode> collect(int k) {
    RolloutOptions rollout =
        new RolloutOptions(
            options.turnsIn(k),
            options.stopAtSuccess(),
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
    announcer.tell(l -> l.episodesCollected(new EpisodesCollected(k, episodes)));
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

  private Targets relabel(int k, List<Attempt> attempts) {
    AtomicLong tokensSoFar = new AtomicLong();
    List<Relabel> relabels =
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
                            run.recorder())));
    if (relabels.size() != attempts.size()) {
      throw new IllegalStateException(
          "the relabeler %s gave %d relabels to %d attempts; one each"
              .formatted(
                  options.relabeler().getClass().getName(), relabels.size(), attempts.size()));
    }
    return new Targets(Targets.pair(attempts, relabels), tokensSoFar.get());
  }

  private Trained train(int k, Weighted weighted, List<Episode> episodes) {
    if (weighted.examples().isEmpty()) {
      throw new IllegalStateException(
          "iteration %d has nothing to learn: %d episodes, %d targets skipped as failed, empty or too long; first failure: %s"
              .formatted(k, episodes.size(), weighted.skipped(), firstFailure(episodes)));
    }
    Training training =
        options.training().toBuilder()
            .seed(Seeds.derive(options.seed(), Seeds.coordinate("training"), k))
            .lossOver(weighted.lossOver())
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
                      weighted.examples(),
                      training,
                      step -> {
                        steps.add(step);
                        tokens[0] += step.tokens();
                        progress.at(
                            step.number(), step.total(), tokens[0], Double.NaN, step.loss());
                      });
          return new Trained(summary, steps);
        });
  }

  private static String firstFailure(List<Episode> episodes) {
    return episodes.stream()
        .flatMap(e -> e.turns().stream())
        .flatMap(t -> Optional.ofNullable(t.failure()).stream())
        .findFirst()
        .orElse("none");
  }

  private Evaluation evaluateOn(ProblemSet problems, int k) {
    Evaluator evaluator = new Evaluator(problems, options.evaluation());
    Evaluation evaluation =
        run.keep(
            k,
            Phase.EVALUATE,
            Kept.EVALUATION,
            () ->
                announcer.run(
                    Phase.EVALUATE,
                    k,
                    progress ->
                        evaluator.evaluate(
                            options.policy(),
                            options.seed(),
                            (done, total, tokens, reward) ->
                                progress.at(done, total, tokens, reward, Double.NaN))));
    evaluations.put(k, evaluation);
    announcer.tell(l -> l.evaluationFinished(new EvaluationFinished(k, evaluation)));
    return evaluation;
  }

  /**
   * Lets go of the run directory. From another thread than the one at work, it first interrupts
   * that one, which stops at the next step, and waits for it. The policy stays open.
   */
  @Override
  public void close() {
    stop.now(run::close);
  }
}
