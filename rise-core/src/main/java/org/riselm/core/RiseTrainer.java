package org.riselm.core;

import com.google.common.base.Ticker;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
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
import org.riselm.core.policy.TrainingSummary;
import org.riselm.core.relabel.Attempt;
import org.riselm.core.relabel.Relabel;
import org.riselm.core.relabel.RelabelContext;
import org.riselm.core.relabel.RelabelStats;
import org.riselm.core.relabel.Relabelled;
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
 * <p>The caller owns the policy and closes it. Not thread-safe.
 */
public final class RiseTrainer {
  private final RiseOptions options;
  private final Announcer announcer;
  private int iterations;

  RiseTrainer(RiseOptions options, List<RiseListener> listeners, Ticker ticker) {
    this.options = options;
    this.announcer = new Announcer(listeners, ticker);
  }

  /** Starts a trainer of {@code policy} on {@code problems}; everything else has a default. */
  public static RiseTrainerBuilder builder(TrainablePolicy policy, ProblemSet problems) {
    return new RiseTrainerBuilder(policy, problems);
  }

  /** How many iterations are done. */
  public int iterations() {
    return iterations;
  }

  /**
   * Does one iteration: collect, relabel, weigh, train, evaluate.
   *
   * <p>If it throws before the training is done, the same iteration can be tried again.
   *
   * @throws IllegalStateException if no attempt left anything to learn
   */
  public IterationReport iterate() {
    int k = iterations + 1;
    announcer.takeSeconds();
    // Unroll the current policy on its own mistakes: K = k + 1 turns by default (section 4.2).
    List<Episode> episodes = collect(k);
    // Find a better response for every state it reached, the first turn's too (section 4.2).
    AtomicLong relabelTokens = new AtomicLong();
    List<Relabelled> relabelled = relabel(k, episodes, relabelTokens::set);
    // Weigh by reward, centred per problem (section 3.2, equation 3.6).
    Weighted weighted = options.objective().weigh(relabelled).only(options.policy()::fits);
    // Learn, from the last parameters on.
    TrainingSummary training = train(k, weighted, episodes);
    iterations = k;
    Optional<Evaluation> evaluation = options.evaluationProblems().map(this::evaluateOn);
    IterationReport report =
        new IterationReport(
            k,
            RolloutStats.of(episodes),
            RelabelStats.of(relabelled, relabelTokens.get()),
            weighted.stats(),
            training,
            evaluation,
            announcer.takeSeconds());
    announcer.tell(l -> l.iterationFinished(new IterationFinished(report)));
    return report;
  }

  /**
   * Evaluates the policy as it is; before the first iteration, that is the base.
   *
   * @throws IllegalStateException if the trainer has no problems to evaluate on
   */
  public Evaluation evaluate() {
    return evaluateOn(
        options
            .evaluationProblems()
            .orElseThrow(
                () ->
                    new IllegalStateException(
                        "there are no problems to evaluate on; give some to"
                            + " RiseTrainerBuilder.evaluateOn")));
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

  private List<Relabelled> relabel(int k, List<Episode> episodes, LongConsumer tokensSoFar) {
    List<Attempt> attempts = Attempt.in(episodes, options.historyWindow());
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
                              tokensSoFar.accept(tokens);
                              progress.at(done, total, tokens, reward, Double.NaN);
                            })));
    if (relabels.size() != attempts.size()) {
      throw new IllegalStateException(
          "the relabeler %s gave %d relabels to %d attempts; one each"
              .formatted(
                  options.relabeler().getClass().getName(), relabels.size(), attempts.size()));
    }
    List<Relabelled> relabelled = new ArrayList<>(attempts.size());
    for (int i = 0; i < attempts.size(); i++) {
      relabelled.add(new Relabelled(attempts.get(i), relabels.get(i)));
    }
    return relabelled;
  }

  private TrainingSummary train(int k, Weighted weighted, List<Episode> episodes) {
    if (weighted.examples().isEmpty()) {
      throw new IllegalStateException(
          "iteration %d has nothing to learn: %d episodes, %d targets skipped as failed, empty or too long; first failure: %s"
              .formatted(k, episodes.size(), weighted.skipped(), firstFailure(episodes)));
    }
    Training training =
        options.training().toBuilder()
            .seed(Seeds.derive(options.seed(), Seeds.coordinate("training"), k))
            .build();
    return announcer.run(
        Phase.TRAIN,
        k,
        progress -> {
          long[] tokens = {0};
          return options
              .policy()
              .train(
                  weighted.examples(),
                  training,
                  step -> {
                    tokens[0] += step.tokens();
                    progress.at(step.number(), step.total(), tokens[0], Double.NaN, step.loss());
                  });
        });
  }

  private static String firstFailure(List<Episode> episodes) {
    return episodes.stream()
        .flatMap(e -> e.turns().stream())
        .flatMap(t -> Optional.ofNullable(t.failure()).stream())
        .findFirst()
        .orElse("none");
  }

  private Evaluation evaluateOn(ProblemSet problems) {
    Evaluator evaluator = new Evaluator(problems, options.evaluation());
    Evaluation evaluation =
        announcer.run(
            Phase.EVALUATE,
            iterations,
            progress ->
                evaluator.evaluate(
                    options.policy(),
                    options.seed(),
                    (done, total, tokens, reward) ->
                        progress.at(done, total, tokens, reward, Double.NaN)));
    announcer.tell(l -> l.evaluationFinished(new EvaluationFinished(iterations, evaluation)));
    return evaluation;
  }
}
