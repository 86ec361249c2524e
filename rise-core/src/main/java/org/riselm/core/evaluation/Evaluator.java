package org.riselm.core.evaluation;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.riselm.core.internal.rollout.ProgressMeter;
import org.riselm.core.internal.rollout.ScoringResult;
import org.riselm.core.internal.util.Seeds;
import org.riselm.core.mdp.Episode;
import org.riselm.core.mdp.Problem;
import org.riselm.core.mdp.State;
import org.riselm.core.mdp.Turn;
import org.riselm.core.policy.Completion;
import org.riselm.core.policy.Policy;
import org.riselm.core.policy.ProgressEvent;
import org.riselm.core.policy.ProgressListener;
import org.riselm.core.policy.Query;
import org.riselm.core.rollout.EpisodeCollector;
import org.riselm.core.rollout.RolloutOptions;
import org.riselm.core.task.ProblemSet;

/**
 * Evaluates a policy in turn and in parallel (RISE, section 5): per problem R rollouts of T turns,
 * which a correct response does not end, and K independent first responses.
 *
 * <p>The first R of the K are the rollouts' own first turns, which are the same queries; so R·T + K
 * − R responses are sampled per problem. Seeds depend on the problem and on the evaluation's seed
 * only: two policies that are evaluated with one seed are compared on the same draws.
 */
public final class Evaluator {
  private final ProblemSet problems;
  private final EvaluationOptions options;

  /**
   * Creates an evaluator with the default options.
   *
   * @param problems the problems to evaluate on
   */
  public Evaluator(ProblemSet problems) {
    this(problems, EvaluationOptions.ofDefaults());
  }

  /**
   * Creates an evaluator on {@code problems}, which the policy must not have been trained on.
   *
   * @param problems the problems to evaluate on
   * @param options the options
   */
  public Evaluator(ProblemSet problems, EvaluationOptions options) {
    this.problems = requireNonNull(problems, "problems");
    this.options = requireNonNull(options, "options");
  }

  /**
   * Evaluates {@code policy} with seed 0.
   *
   * @param policy the policy to evaluate
   * @return the evaluation
   */
  public Evaluation evaluate(Policy policy) {
    return evaluate(policy, /* seed= */ 0, ProgressListener.NONE);
  }

  /**
   * Evaluates {@code policy}.
   *
   * @param policy what to evaluate
   * @param seed of all draws
   * @param progress told as responses come
   * @return the evaluation
   */
  public Evaluation evaluate(Policy policy, long seed, ProgressListener progress) {
    long stream = Seeds.derive(seed, Seeds.coordinate("evaluation"));
    long sequential = (long) problems.size() * options.episodesPerProblem() * options.turns();
    long parallel =
        (long) problems.size() * (options.samplesPerProblem() - options.episodesPerProblem());
    List<Episode> episodes =
        new EpisodeCollector(rollout())
            .collect(
                policy,
                problems.problems(),
                stream,
                /* iteration= */ 0,
                e -> progress.progressed(shifted(e, 0, parallel, 0)));
    long before = episodes.stream().mapToLong(Evaluator::tokens).sum();
    List<List<Turn>> samples =
        samples(
            policy, stream, e -> progress.progressed(shifted(e, sequential, sequential, before)));
    List<List<List<Turn>>> rollouts = new ArrayList<>();
    List<Episode> firsts = new ArrayList<>();
    int next = 0;
    for (int i = 0; i < problems.size(); i++) {
      firsts.add(episodes.get(next));
      List<List<Turn>> ofProblem = new ArrayList<>();
      for (int r = 0; r < options.episodesPerProblem(); r++) {
        ofProblem.add(episodes.get(next++).turns());
      }
      samples.get(i).forEach(turn -> ofProblem.add(List.of(turn)));
      rollouts.add(ofProblem);
    }
    return new Evaluation(
        problems.name(),
        options.feedback().revealsOutcome(),
        problems.verifier().readsAnswers() ? Optional.of(options.vote()) : Optional.empty(),
        seed,
        firsts,
        EvaluationLog.of(problems, options, rollouts));
  }

  private RolloutOptions rollout() {
    return RolloutOptions.builder(problems.verifier())
        .turns(options.turns())
        .episodesPerProblem(options.episodesPerProblem())
        .historyWindow(options.historyWindow())
        .sampling(options.sampling())
        .feedback(options.feedback())
        .build();
  }

  /** For each problem, the K − R further responses to its first state. */
  /** Returns {@code event} as a part of more work. */
  private static ProgressEvent shifted(ProgressEvent event, long done, long total, long tokens) {
    return ProgressEvent.ofSampling(
        done + event.done(), total + event.total(), tokens + event.tokens(), event.meanReward());
  }

  private List<List<Turn>> samples(Policy policy, long seed, ProgressListener progress) {
    List<Query> queries = new ArrayList<>();
    for (Problem problem : problems.problems()) {
      for (int sample = options.episodesPerProblem();
          sample < options.samplesPerProblem();
          sample++) {
        long responseSeed =
            Seeds.ofResponse(
                seed, /* iteration= */ 0, problem.id(), sample, /* turn= */ 1, /* draw= */ 0);
        queries.add(new Query(State.initial(problem), responseSeed));
      }
    }
    ProgressMeter meter = new ProgressMeter(progress);
    meter.expect(queries.size());
    List<Completion> completions = meter.complete(policy, queries, options.sampling());
    List<List<Turn>> samples = new ArrayList<>();
    int next = 0;
    for (Problem problem : problems.problems()) {
      List<Turn> turns = new ArrayList<>();
      while (turns.size() < options.samplesPerProblem() - options.episodesPerProblem()) {
        Completion completion = completions.get(next++);
        ScoringResult score = ScoringResult.of(problems.verifier(), problem, completion);
        meter.addReward(score.reward());
        turns.add(new Turn(completion.response(), score.reward(), null, score.failure()));
      }
      samples.add(List.copyOf(turns));
    }
    meter.report();
    return samples;
  }

  private static long tokens(Episode episode) {
    return episode.turns().stream().mapToLong(t -> t.response().tokens().size()).sum();
  }
}
