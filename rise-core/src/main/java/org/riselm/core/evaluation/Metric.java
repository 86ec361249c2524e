package org.riselm.core.evaluation;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.riselm.core.evaluation.EvaluationLog.Entry;
import org.riselm.core.evaluation.EvaluationLog.LoggedTurn;
import org.riselm.core.inference.MajorityVote;
import org.riselm.core.inference.VoteRules;
import org.riselm.core.internal.util.Seeds;

/**
 * A number that an evaluation gives each problem. Its mean over problems is what tables show, and
 * problems are what intervals are over.
 *
 * <p>The paper's names (section 5) for any K and T: m<i>K</i>@t<i>T</i> is whether the majority of
 * the answers of K rollouts of T turns is correct, p<i>K</i>@t<i>T</i> whether any of them is. So
 * m5@t1 votes over five first responses, m1@t5 over one rollout's five turns, and p1@t5 is a
 * rollout that an oracle stops at the first correct turn. A missing turn is incorrect and abstains.
 */
@FunctionalInterface
public interface Metric {
  /**
   * {@return the value of one problem}
   *
   * @param entry the responses to one problem
   */
  double of(Entry entry);

  /**
   * Checks that {@code log} has what this needs; by default it does.
   *
   * @param log the responses of an evaluation
   */
  default void check(EvaluationLog log) {}

  /**
   * {@return the value of each problem of {@code log}, in its order}
   *
   * @param log the responses of an evaluation
   * @throws IllegalArgumentException if the log has too few turns, rollouts or samples
   */
  default double[] values(EvaluationLog log) {
    check(log);
    return log.entries().stream().mapToDouble(this::of).toArray();
  }

  /**
   * {@return the mean over {@code log}'s problems; Wilson's interval if every value is 0 or 1, else
   * that of a bootstrap over problems}
   *
   * @param log the responses of an evaluation
   * @param seed of the bootstrap
   */
  default Interval over(EvaluationLog log, long seed) {
    double[] values = values(log);
    boolean share = Arrays.stream(values).allMatch(v -> v == 0 || v == 1);
    return share
        ? Interval.wilson((int) Math.round(Arrays.stream(values).sum()), values.length)
        : Interval.mean(values, seed);
  }

  /**
   * {@return this − {@code other} on the same problems, by a paired bootstrap}
   *
   * @param other the metric to subtract
   * @param log the responses of an evaluation
   * @param seed of the bootstrap
   */
  default Interval minus(Metric other, EvaluationLog log, long seed) {
    return Interval.pairedDifference(values(log), other.values(log), seed);
  }

  /**
   * {@return {@code after} − {@code before} by a paired bootstrap over the problems, which must be
   * the same}
   *
   * @param before the responses before
   * @param after the responses after
   * @param seed of the bootstrap
   */
  default Interval change(EvaluationLog before, EvaluationLog after, long seed) {
    List<String> ids = before.entries().stream().map(Entry::problem).toList();
    if (!ids.equals(after.entries().stream().map(Entry::problem).toList())) {
      throw new IllegalArgumentException(
          "the two evaluations are not of the same problems in the same order");
    }
    return Interval.pairedDifference(values(after), values(before), seed);
  }

  /**
   * {@return m{@code k}@t{@code t}, by {@link VoteRules#DEFAULT}}
   *
   * @param k how many rollouts vote; 1 or more
   * @param t the turn, from 1
   */
  static Metric majority(int k, int t) {
    return majority(k, t, VoteRules.DEFAULT);
  }

  /**
   * {@return m{@code k}@t{@code t}, by {@code rules}; random ties are drawn by the problem's id}
   *
   * @param k how many rollouts vote; 1 or more
   * @param t the turn, from 1
   * @param rules the rules of the vote
   */
  static Metric majority(int k, int t, VoteRules rules) {
    return needing(
        k,
        t,
        entry -> {
          List<LoggedTurn> votes = entry.first(k, t);
          OptionalInt winner =
              MajorityVote.winner(
                  votes.stream().mapToInt(LoggedTurn::answer).toArray(),
                  rules,
                  Seeds.coordinate(entry.problem()));
          return winner.isPresent() && votes.get(winner.getAsInt()).correct() ? 1 : 0;
        });
  }

  /**
   * {@return p{@code k}@t{@code t}}
   *
   * @param k how many rollouts count; 1 or more
   * @param t the turn, from 1
   */
  static Metric any(int k, int t) {
    return needing(k, t, entry -> entry.first(k, t).stream().anyMatch(LoggedTurn::correct) ? 1 : 0);
  }

  /**
   * {@return the metric of a name such as {@code m5@t1} or {@code p1@t5}}
   *
   * @param name the name
   */
  static Metric named(String name) {
    Matcher matcher = Pattern.compile("([mp])(\\d{1,6})@t(\\d{1,6})").matcher(name);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "\"" + name + "\" is no metric; a name is like m5@t1 or p1@t5");
    }
    int k = Integer.parseInt(matcher.group(2));
    int t = Integer.parseInt(matcher.group(3));
    return matcher.group(1).equals("m") ? majority(k, t) : any(k, t);
  }

  /**
   * {@return whether turn {@code turn}, from 1, of the first rollout is correct}
   *
   * @param turn the turn, from 1
   */
  static Metric accuracy(int turn) {
    return needing(1, turn, entry -> entry.correct(0, turn) ? 1 : 0);
  }

  /**
   * {@return whether the first rollout is correct at turn {@code to}, less whether it is at {@code
   * from}}
   *
   * @param from the earlier turn, from 1
   * @param to the later turn, from 1
   */
  static Metric delta(int from, int to) {
    return needing(
        1,
        Math.max(from, to),
        entry -> (entry.correct(0, to) ? 1 : 0) - (entry.correct(0, from) ? 1 : 0));
  }

  /**
   * {@return whether the first rollout is incorrect at turn {@code from} and correct at {@code to}}
   *
   * @param from the earlier turn, from 1
   * @param to the later turn, from 1
   */
  static Metric incorrectToCorrect(int from, int to) {
    return needing(
        1, Math.max(from, to), entry -> !entry.correct(0, from) && entry.correct(0, to) ? 1 : 0);
  }

  /**
   * {@return whether the first rollout is correct at turn {@code from} and incorrect at {@code to}}
   *
   * @param from the earlier turn, from 1
   * @param to the later turn, from 1
   */
  static Metric correctToIncorrect(int from, int to) {
    return needing(
        1, Math.max(from, to), entry -> entry.correct(0, from) && !entry.correct(0, to) ? 1 : 0);
  }

  /**
   * {@return how often the first rollout's answer changes: the share of its turns after the first
   * whose answer is not that of the turn before} 0 if it has one turn.
   */
  static Metric answerChange() {
    return entry -> {
      List<LoggedTurn> turns = entry.rollouts().get(0);
      int changes = 0;
      for (int t = 1; t < turns.size(); t++) {
        changes += turns.get(t).answer() == turns.get(t - 1).answer() ? 0 : 1;
      }
      return turns.size() < 2 ? 0 : (double) changes / (turns.size() - 1);
    };
  }

  /**
   * {@return how many different answers the first rollout gives, as a share of its turns
   * ("unique-answer ratio", arXiv 2507.14295)} Unreadable ones count as one answer.
   */
  static Metric uniqueAnswers() {
    return entry -> {
      List<LoggedTurn> turns = entry.rollouts().get(0);
      return (double) turns.stream().mapToInt(LoggedTurn::answer).distinct().count() / turns.size();
    };
  }

  /**
   * {@return how much of a response of the first rollout is new after turn 1, in words, from 0 to
   * 1}
   */
  static Metric editRatio() {
    return entry ->
        entry.rollouts().get(0).stream()
            .skip(1)
            .mapToDouble(LoggedTurn::changed)
            .average()
            .orElse(0);
  }

  /**
   * {@return the tokens that {@code k} rollouts of {@code t} turns took}
   *
   * @param k how many rollouts; 1 or more
   * @param t how many turns of each; 1 or more
   */
  static Metric tokens(int k, int t) {
    return needing(k, t, entry -> entry.first(k, t).stream().mapToInt(LoggedTurn::tokens).sum());
  }

  /**
   * How many first responses cost as many tokens as one rollout of {@code turns} turns, on average
   * over {@code log}: the parallel baseline at equal cost rather than at an equal count.
   *
   * @param turns how many turns the rollout has; 1 or more
   * @param log the responses of an evaluation
   * @return at least 1, at most the samples of the log
   */
  static int samplesAtCostOf(int turns, EvaluationLog log) {
    double budget = Arrays.stream(tokens(1, turns).values(log)).sum();
    int k = 1;
    while (k < log.samples()
        && Arrays.stream(tokens(k + 1, 1).values(log)).sum() <= budget * (1 + 1e-9)) {
      k++;
    }
    return k;
  }

  private static Metric needing(int rollouts, int turns, Metric metric) {
    return new Metric() {
      @Override
      public double of(Entry entry) {
        return metric.of(entry);
      }

      @Override
      public void check(EvaluationLog log) {
        log.require(rollouts, turns);
      }
    };
  }
}
