package org.riselm.core.evaluation;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import org.riselm.core.mdp.Episode;
import org.riselm.core.mdp.Problem;
import org.riselm.core.mdp.State;
import org.riselm.core.mdp.Turn;
import org.riselm.core.policy.Completion;
import org.riselm.core.policy.Policy;
import org.riselm.core.policy.Query;
import org.riselm.core.policy.Seeds;
import org.riselm.core.rollout.EpisodeCollector;
import org.riselm.core.rollout.Meter;
import org.riselm.core.rollout.RolloutOptions;
import org.riselm.core.rollout.Score;
import org.riselm.core.rollout.StageProgress;
import org.riselm.core.task.ProblemSet;

/**
 * Evaluates a policy in turn and in parallel (RISE, section 5): per problem one rollout of T turns
 * that success does not end, and K independent first answers.
 *
 * <p>The first of the K is the rollout's own first turn, which is the same query; so T + K − 1
 * answers are sampled per problem. Seeds depend on the problem and on the evaluation's seed only:
 * two policies that are evaluated with one seed are compared on the same draws.
 */
public final class Evaluator {
  private final ProblemSet problems;
  private final EvaluationOptions options;

  /** An evaluator on {@code problems}, which the policy must not have been trained on. */
  public Evaluator(ProblemSet problems, EvaluationOptions options) {
    this.problems = requireNonNull(problems, "problems");
    this.options = requireNonNull(options, "options");
  }

  /**
   * How well {@code policy} does.
   *
   * @param policy what to evaluate
   * @param seed of all draws
   * @param progress told as answers come
   */
  public Evaluation evaluate(Policy policy, long seed, StageProgress progress) {
    long stream = Seeds.derive(seed, Seeds.coordinate("evaluation"));
    long sequential = (long) problems.size() * options.turns();
    long parallel = (long) problems.size() * (options.samples() - 1);
    List<Episode> episodes =
        new EpisodeCollector(rollout())
            .collect(
                policy,
                problems.problems(),
                stream,
                /* iteration= */ 0,
                (done, total, tokens, reward) ->
                    progress.at(done, total + parallel, tokens, reward));
    long before = episodes.stream().mapToLong(Evaluator::tokens).sum();
    List<List<Turn>> samples =
        samples(
            policy,
            episodes,
            stream,
            (done, total, tokens, reward) ->
                progress.at(sequential + done, sequential + total, before + tokens, reward));
    return Evaluation.of(problems, options, episodes, samples, seed);
  }

  private RolloutOptions rollout() {
    return new RolloutOptions(
        options.turns(),
        /* stopAtSuccess= */ false,
        /* episodesPerProblem= */ 1,
        options.window(),
        options.sampling(),
        options.feedback(),
        problems.verifier());
  }

  /** For each episode, its own first turn and K − 1 further answers to the same first state. */
  private List<List<Turn>> samples(
      Policy policy, List<Episode> episodes, long seed, StageProgress progress) {
    List<Query> queries = new ArrayList<>();
    for (Episode episode : episodes) {
      Problem problem = episode.problem();
      for (int sample = 1; sample < options.samples(); sample++) {
        long answerSeed =
            Seeds.ofAnswer(
                seed, /* iteration= */ 0, problem.id(), sample, /* turn= */ 1, /* draw= */ 0);
        queries.add(new Query(State.initial(problem), answerSeed));
      }
    }
    Meter meter = new Meter(progress);
    meter.expect(queries.size());
    List<Completion> answers = meter.complete(policy, queries, options.sampling());
    List<List<Turn>> samples = new ArrayList<>(episodes.size());
    int next = 0;
    for (Episode episode : episodes) {
      List<Turn> turns = new ArrayList<>();
      turns.add(episode.turns().get(0));
      while (turns.size() < options.samples()) {
        Completion answer = answers.get(next++);
        Score score = Score.of(problems.verifier(), episode.problem(), answer);
        meter.scored(score.reward());
        turns.add(new Turn(answer.response(), score.reward(), null, score.failure()));
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
