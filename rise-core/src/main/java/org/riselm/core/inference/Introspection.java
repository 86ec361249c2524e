package org.riselm.core.inference;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.Lists;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.riselm.core.internal.util.Seeds;
import org.riselm.core.mdp.Episode;
import org.riselm.core.mdp.Problem;
import org.riselm.core.mdp.Response;
import org.riselm.core.mdp.Response.FinishReason;
import org.riselm.core.mdp.Reward;
import org.riselm.core.mdp.Turn;
import org.riselm.core.mdp.Verifier;
import org.riselm.core.policy.Policy;
import org.riselm.core.policy.ProgressListener;
import org.riselm.core.rollout.EpisodeCollector;
import org.riselm.core.rollout.EpisodeCollector.TurnListener;
import org.riselm.core.rollout.RolloutOptions;

/**
 * Uses a trained policy: lets it revise its responses and settles on one (RISE, section 4.3 and
 * figure 3). Three ways to settle:
 *
 * <ul>
 *   <li>{@link #withOracle with an oracle}: stop at the first correct response;
 *   <li>{@link #byVote without}: T turns, then the majority of all turns' answers;
 *   <li>{@link #byJudge guided by a judge} that accepts or rejects without knowing the answer, such
 *       as a test, a checker or another model; where it accepts nothing, the majority.
 * </ul>
 *
 * <p>With several parallel episodes, all their turns vote; one that is accepted does not stop the
 * others. Thread-safe if the policy is.
 */
public final class Introspection {
  private final Policy policy;
  private final IntrospectionOptions options;
  private final @Nullable Reward accepts;
  private final @Nullable Verifier reads;
  private final VoteRules rules;

  private Introspection(
      Policy policy,
      IntrospectionOptions options,
      @Nullable Reward accepts,
      @Nullable Verifier reads,
      VoteRules rules) {
    this.policy = requireNonNull(policy, "policy");
    this.options = requireNonNull(options, "options");
    this.accepts = accepts;
    this.reads = reads;
    this.rules = requireNonNull(rules, "rules");
  }

  /**
   * Stops an episode at the first response that {@code oracle} finds correct; if none is, the last
   * response of the first episode is taken.
   *
   * @param policy responds; the caller closes it
   * @param oracle decides what is correct
   * @param options the options
   * @return the introspection
   */
  public static Introspection withOracle(
      Policy policy, Reward oracle, IntrospectionOptions options) {
    return new Introspection(
        policy, options, requireNonNull(oracle, "oracle"), null, VoteRules.DEFAULT);
  }

  /**
   * Takes the majority of all turns' answers.
   *
   * @param policy responds; the caller closes it
   * @param reads answers, and compares them; references of problems are not looked at
   * @param rules the rules of the vote
   * @param options the options
   * @return the introspection
   * @throws IllegalArgumentException if the feedback tells correct from incorrect, which nothing
   *     here knows
   */
  public static Introspection byVote(
      Policy policy, Verifier reads, VoteRules rules, IntrospectionOptions options) {
    if (options.feedback().revealsOutcome()) {
      throw new IllegalArgumentException(
          "the feedback \"%s\" tells correct from incorrect, but a vote knows neither; use neutral feedback, an oracle or a judge"
              .formatted(options.feedback()));
    }
    return new Introspection(policy, options, null, requireNonNull(reads, "reads"), rules);
  }

  /**
   * Stops an episode at the first response that {@code judge} accepts, that is, scores {@link
   * Reward#CORRECT} or more. Feedback that tells correct from incorrect goes by the judge.
   *
   * @param policy responds; the caller closes it
   * @param judge accepts or rejects a response
   * @param reads for the majority where nothing is accepted
   * @param rules the rules of the vote
   * @param options the options
   * @return the introspection
   */
  public static Introspection byJudge(
      Policy policy, Reward judge, Verifier reads, VoteRules rules, IntrospectionOptions options) {
    return new Introspection(
        policy, options, requireNonNull(judge, "judge"), requireNonNull(reads, "reads"), rules);
  }

  /**
   * Answers {@code problems}, in their order; the same seed gives the same results.
   *
   * @param problems the problems
   * @param seed of all draws
   * @return a result for each problem, in their order
   */
  public List<IntrospectionResult> answer(List<Problem> problems, long seed) {
    return answer(problems, seed, TurnListener.NONE);
  }

  /**
   * {@link #answer(List, long)}, heard as it comes.
   *
   * @param problems with distinct ids
   * @param seed of all draws
   * @param listener told of every turn, the turns of all problems in batches
   * @return a result for each problem, in their order
   */
  public List<IntrospectionResult> answer(
      List<Problem> problems, long seed, TurnListener listener) {
    Reward reward = accepts == null ? (problem, response) -> 0 : accepts;
    RolloutOptions rollout =
        RolloutOptions.builder(reward)
            .turns(options.turns())
            .stopWhenCorrect(accepts != null)
            .episodesPerProblem(options.episodesPerProblem())
            .historyWindow(options.historyWindow())
            .sampling(options.sampling())
            .feedback(options.feedback())
            .tokensPerProblem(options.tokensPerProblem())
            .build();
    List<Episode> episodes =
        new EpisodeCollector(rollout)
            .collect(policy, problems, seed, /* iteration= */ 0, ProgressListener.NONE, listener);
    List<IntrospectionResult> conclusions = new ArrayList<>(problems.size());
    for (List<Episode> ofProblem : Lists.partition(episodes, options.episodesPerProblem())) {
      conclusions.add(conclude(ofProblem, seed));
    }
    return List.copyOf(conclusions);
  }

  private IntrospectionResult conclude(List<Episode> episodes, long seed) {
    Problem problem = episodes.get(0).problem();
    List<Turn> turns =
        episodes.stream()
            .flatMap(e -> e.turns().stream())
            .filter(t -> t.response().finish() != FinishReason.FAILED)
            .toList();
    long tokens = turns.stream().mapToLong(t -> t.response().tokens().size()).sum();
    Optional<Response> accepted =
        turns.stream().filter(Turn::correct).map(Turn::response).findFirst();
    Optional<Response> response =
        accepted.isPresent() ? accepted : fallback(problem, episodes.get(0), turns, seed);
    return new IntrospectionResult(problem, response, accepted.isPresent(), episodes, tokens);
  }

  private Optional<Response> fallback(Problem problem, Episode first, List<Turn> turns, long seed) {
    if (reads == null) {
      return Lists.reverse(first.turns()).stream()
          .map(Turn::response)
          .filter(r -> r.finish() != FinishReason.FAILED)
          .findFirst();
    }
    int[] answers =
        MajorityVote.numbers(reads, turns.stream().map(t -> t.response().text()).toList());
    OptionalInt winner =
        MajorityVote.winner(answers, rules, Seeds.derive(seed, Seeds.coordinate(problem.id())));
    return winner.isPresent()
        ? Optional.of(turns.get(winner.getAsInt()).response())
        : Optional.empty();
  }
}
