package org.riselm.core.evaluation;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.riselm.core.inference.MajorityVote;
import org.riselm.core.internal.util.EditDistance;
import org.riselm.core.mdp.Turn;
import org.riselm.core.task.ProblemSet;

/**
 * Every response of an evaluation, with nothing counted yet: each {@link Metric} comes from here.
 *
 * @param turns T, of the sequential rollouts
 * @param rollouts R, how many of those each problem has
 * @param samples K, how many first responses each problem has; the first R are the rollouts' own
 * @param entries one per problem
 */
public record EvaluationLog(int turns, int rollouts, int samples, List<Entry> entries) {
  /**
   * The responses to one problem.
   *
   * @param problem its id
   * @param rollouts K of them: the first R have up to T turns, fewer where they were truncated; the
   *     others have one
   */
  public record Entry(String problem, List<List<LoggedTurn>> rollouts) {
    /** Checks the components. */
    public Entry {
      requireNonNull(problem, "problem");
      rollouts = rollouts.stream().map(List::copyOf).toList();
    }

    /** Whether turn {@code turn}, from 1, of rollout {@code rollout}, from 0, was correct. */
    boolean correct(int rollout, int turn) {
      List<LoggedTurn> turns = rollouts.get(rollout);
      return turn <= turns.size() && turns.get(turn - 1).correct();
    }

    /** The first {@code turns} turns of the first {@code count} rollouts, rollout by rollout. */
    List<LoggedTurn> first(int count, int turns) {
      return rollouts.stream().limit(count).flatMap(r -> r.stream().limit(turns)).toList();
    }
  }

  /** Checks the components. */
  public EvaluationLog {
    entries = List.copyOf(entries);
    if (turns < 1 || rollouts < 1 || samples < rollouts) {
      throw new IllegalArgumentException(
          "%d turns, %d rollouts, %d samples; 1 or more each, and no more rollouts than samples"
              .formatted(turns, rollouts, samples));
    }
    Set<String> ids = new HashSet<>();
    for (Entry entry : entries) {
      if (!ids.add(entry.problem())) {
        throw new IllegalArgumentException("problem " + entry.problem() + " is logged twice");
      }
      if (entry.rollouts().size() != samples) {
        throw new IllegalArgumentException(
            "problem %s has %d rollouts of %d"
                .formatted(entry.problem(), entry.rollouts().size(), samples));
      }
    }
  }

  /**
   * Logs the turns of {@code rollouts}.
   *
   * @param rollouts of each problem of {@code set}: its sequential rollouts, then its samples
   */
  static EvaluationLog of(
      ProblemSet set, EvaluationOptions options, List<List<List<Turn>>> rollouts) {
    List<Entry> entries = new ArrayList<>();
    for (int i = 0; i < set.size(); i++) {
      List<List<Turn>> ofProblem = rollouts.get(i);
      int[] answers =
          MajorityVote.numbers(
              set.verifier(),
              ofProblem.stream().flatMap(List::stream).map(t -> t.response().text()).toList());
      List<List<LoggedTurn>> logged = new ArrayList<>();
      int next = 0;
      for (List<Turn> rollout : ofProblem) {
        List<LoggedTurn> turns = new ArrayList<>();
        Turn before = null;
        for (Turn turn : rollout) {
          turns.add(LoggedTurn.of(turn, answers[next++], before));
          before = turn;
        }
        logged.add(turns);
      }
      entries.add(new Entry(set.problems().get(i).id(), logged));
    }
    return new EvaluationLog(
        options.turns(), options.episodesPerProblem(), options.samplesPerProblem(), entries);
  }

  /**
   * {@return the log of the problems whose id {@code kept} holds for}
   *
   * @param kept decides which stay
   */
  public EvaluationLog where(Predicate<String> kept) {
    return new EvaluationLog(
        turns, rollouts, samples, entries.stream().filter(e -> kept.test(e.problem())).toList());
  }

  /**
   * Checks that {@code count} rollouts of {@code length} turns are there.
   *
   * @throws IllegalArgumentException if not; says what to evaluate with
   */
  void require(int count, int length) {
    int there = length == 1 ? samples : rollouts;
    if (count < 1 || length < 1 || length > turns || count > there) {
      throw new IllegalArgumentException(
          "the evaluation has no %d rollouts of %d turns; it has %d of %d turns and %d of one. Evaluate with more turns, rollouts or samples"
              .formatted(count, length, rollouts, turns, samples));
    }
  }

  /**
   * One response of an evaluation.
   *
   * @param answer the number of its answer among the problem's different answers, from 0 in the
   *     order in which they first came; −1 if no answer could be read
   * @param correct whether it is
   * @param tokens that were sampled for it
   * @param changed how much of the response is new against the turn before, in words, from 0 to 1
   *     (edit distance over the longer text's length); 0 at the first turn
   * @param failed whether it could not be sampled or scored
   */
  public record LoggedTurn(
      int answer, boolean correct, int tokens, double changed, boolean failed) {
    /** Logs {@code turn}, which followed {@code before} if there was a turn before. */
    static LoggedTurn of(Turn turn, int answer, @Nullable Turn before) {
      String text = turn.response().text();
      return new LoggedTurn(
          answer,
          turn.correct(),
          turn.response().tokens().size(),
          before == null ? 0 : EditDistance.ratio(before.response().text(), text),
          turn.failure() != null);
    }
  }
}
