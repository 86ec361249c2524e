package org.riselm.core.rollout;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.riselm.core.internal.rollout.ProgressMeter;
import org.riselm.core.internal.util.Seeds;
import org.riselm.core.mdp.Episode;
import org.riselm.core.mdp.Problem;
import org.riselm.core.mdp.Turn;
import org.riselm.core.policy.Completion;
import org.riselm.core.policy.Policy;
import org.riselm.core.policy.ProgressListener;
import org.riselm.core.policy.Query;

/**
 * Unrolls a policy over problems, turn by turn (RISE, section 4.2). All live episodes are sampled
 * in one batch per turn; what an episode holds does not depend on the others.
 *
 * <p>A response that fails, a reward or a feedback that throws is recorded on the turn, never
 * thrown.
 */
public final class EpisodeCollector {
  private final RolloutOptions options;

  /**
   * Makes a collector with {@code options}.
   *
   * @param options the options
   */
  public EpisodeCollector(RolloutOptions options) {
    this.options = requireNonNull(options, "options");
  }

  /**
   * {@return episodes of {@code policy}: those of the first problem in order of their samples, then
   * those of the second, and so on}
   *
   * @param policy what answers
   * @param problems with distinct ids
   * @param seed of the run
   * @param iteration that collects; part of every answer's seed
   * @param progress told as answers come
   * @throws IllegalArgumentException if two problems share an id, and with it their seeds
   */
  public List<Episode> collect(
      Policy policy, List<Problem> problems, long seed, int iteration, ProgressListener progress) {
    return collect(policy, problems, seed, iteration, progress, TurnListener.NONE);
  }

  /**
   * {@return episodes of {@code policy}, as {@link #collect(Policy, List, long, int,
   * ProgressListener)} does, and reports turn by turn}
   *
   * @param policy responds
   * @param problems the problems
   * @param seed of all draws
   * @param iteration the iteration, which enters the draws
   * @param progress told about the work done; called often
   * @param listener told about what happens
   */
  public List<Episode> collect(
      Policy policy,
      List<Problem> problems,
      long seed,
      int iteration,
      ProgressListener progress,
      TurnListener listener) {
    List<EpisodeBuilder> all = start(problems);
    ProgressMeter meter = new ProgressMeter(progress);
    List<EpisodeBuilder> live = all;
    TurnTransition conversation = new TurnTransition(options);
    for (int turn = 1; !live.isEmpty(); turn++) {
      meter.expect((long) live.size() * (options.turns() - turn + 1));
      List<Query> queries = new ArrayList<>(live.size());
      for (EpisodeBuilder u : live) {
        long answerSeed =
            Seeds.ofResponse(seed, iteration, u.problem().id(), u.sample(), turn, /* draw= */ 0);
        queries.add(new Query(u.state(), answerSeed));
      }
      List<Completion> completions = meter.complete(policy, queries, options.sampling());
      for (int i = 0; i < live.size(); i++) {
        EpisodeBuilder u = live.get(i);
        Turn taken = u.addResponse(completions.get(i));
        conversation.countTokens(u, taken.response().tokens().size());
        meter.addReward(taken.reward());
        listener.turnTaken(u.problem(), u.sample(), turn, taken);
      }
      live = live.stream().filter(EpisodeBuilder::isLive).toList();
      conversation.endOverBudget(live);
      live = live.stream().filter(EpisodeBuilder::isLive).toList();
      conversation.addFeedback(live);
      live = live.stream().filter(EpisodeBuilder::isLive).toList();
      meter.expect((long) live.size() * (options.turns() - turn));
      meter.report();
    }
    return all.stream().map(EpisodeBuilder::episode).toList();
  }

  private List<EpisodeBuilder> start(List<Problem> problems) {
    Set<String> ids = new HashSet<>();
    List<EpisodeBuilder> all = new ArrayList<>();
    for (Problem problem : problems) {
      if (!ids.add(problem.id())) {
        throw new IllegalArgumentException(
            "two problems have the id " + problem.id() + "; give every problem its own");
      }
      for (int sample = 0; sample < options.episodesPerProblem(); sample++) {
        all.add(new EpisodeBuilder(problem, sample, options));
      }
    }
    return all;
  }

  /** Hears every turn as it is scored. Called on the working thread; must be quick. */
  @FunctionalInterface
  public interface TurnListener {
    /** Hears nothing. */
    TurnListener NONE = (problem, sample, number, turn) -> {};

    /**
     * Hears of a turn that was sampled and scored.
     *
     * @param problem that was attempted
     * @param sample which of the problem's episodes, from 0
     * @param number of the turn, from 1
     * @param turn before any feedback
     */
    void turnTaken(Problem problem, int sample, int number, Turn turn);
  }
}
