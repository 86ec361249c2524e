package org.riselm.core.relabel;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import org.riselm.core.mdp.Described;
import org.riselm.core.mdp.Reward;
import org.riselm.core.mdp.Turn;

/**
 * Decides which relabeled attempts of an iteration are learned. What is kept does not depend on
 * their order, and stays in it.
 */
@FunctionalInterface
public interface Retention extends Described {
  /**
   * {@return the part of {@code relabeled} to learn}
   *
   * @param relabeled the attempts with their targets
   */
  List<RelabeledAttempt> keep(List<RelabeledAttempt> relabeled);

  /**
   * {@return this, then {@code next} on what is left}
   *
   * @param next decides among what is left
   */
  default Retention then(Retention next) {
    return named(description() + ", then " + next.description(), all -> next.keep(keep(all)));
  }

  /**
   * Keeps everything: the released code's {@code all}, and the paper's setting.
   *
   * @return the rule
   */
  static Retention all() {
    return named("all", all -> all);
  }

  /**
   * Keeps targets that score above the turn they follow, and first turns: the released code's
   * {@code better}.
   *
   * @return the rule
   */
  static Retention better() {
    return named(
        "better", all -> where(all, r -> first(r) || r.target().reward() > previous(r).reward()));
  }

  /**
   * Keeps targets that no earlier turn of their episode scores above, and so first turns: the
   * released code's {@code best}.
   *
   * @return the rule
   */
  static Retention best() {
    return named(
        "best",
        all -> {
          Map<String, Map<Integer, Double>> rewards = new HashMap<>();
          for (RelabeledAttempt r : all) {
            rewards
                .computeIfAbsent(episode(r), k -> new HashMap<>())
                .put(r.attempt().state().turn(), r.attempt().turn().reward());
          }
          return where(
              all,
              r ->
                  rewards.getOrDefault(episode(r), Map.of()).entrySet().stream()
                      .filter(e -> e.getKey() < r.attempt().state().turn())
                      .allMatch(e -> e.getValue() <= r.target().reward()));
        });
  }

  /**
   * Keeps correct targets: the released code's {@code success}.
   *
   * @return the rule
   */
  static Retention correct() {
    return named("correct", all -> where(all, r -> Reward.isCorrect(r.target().reward())));
  }

  /**
   * Drops the problems whose attempts and targets all got the same reward: nothing there is better
   * than anything else, and where all failed, imitation would teach the failures. Goes by the
   * rewards as they were given, not as an objective shapes them.
   *
   * @return the rule
   */
  static Retention withoutEqualRewards() {
    return named(
        "without equal rewards",
        all -> {
          Map<String, Set<Double>> rewards = new HashMap<>();
          for (RelabeledAttempt r : all) {
            Set<Double> found = rewards.computeIfAbsent(problem(r), k -> new HashSet<>());
            found.add(r.attempt().turn().reward());
            found.add(r.target().reward());
          }
          return where(all, r -> rewards.getOrDefault(problem(r), Set.of()).size() > 1);
        });
  }

  /**
   * Keeps at most {@code count} of each problem, the first turns of the first episodes before the
   * others. ReST-EM (arXiv 2312.06585) caps at 10.
   *
   * @param count the most of each problem; 1 or more
   * @return the rule
   */
  static Retention atMostPerProblem(int count) {
    if (count < 1) {
      throw new IllegalArgumentException(
          "atMostPerProblem(" + count + ") keeps nothing; 1 or more");
    }
    return named(
        "at most %d per problem".formatted(count),
        all -> firstOfEach(all, Retention::problem, count));
  }

  /**
   * Keeps only the first turn of the first episode of several that teach the same text in a state
   * with the same texts.
   *
   * @return the rule
   */
  static Retention withoutDuplicates() {
    return named("without duplicates", all -> firstOfEach(all, Retention::taught, 1));
  }

  private static boolean first(RelabeledAttempt r) {
    return r.attempt().state().history().isEmpty();
  }

  private static Turn previous(RelabeledAttempt r) {
    List<Turn> history = r.attempt().state().history();
    return history.get(history.size() - 1);
  }

  private static String problem(RelabeledAttempt r) {
    return r.attempt().state().problem().id();
  }

  private static String episode(RelabeledAttempt r) {
    return r.attempt().sample() + " " + problem(r);
  }

  private static List<String> taught(RelabeledAttempt r) {
    List<String> texts = new ArrayList<>(List.of(problem(r)));
    for (Turn turn : r.attempt().state().history()) {
      texts.add(turn.response().text());
      texts.add(String.valueOf(turn.feedback()));
    }
    texts.add(r.target().response().text());
    return texts;
  }

  private static List<RelabeledAttempt> where(
      List<RelabeledAttempt> all, Predicate<RelabeledAttempt> kept) {
    return all.stream().filter(kept).toList();
  }

  private static <K> List<RelabeledAttempt> firstOfEach(
      List<RelabeledAttempt> all, Function<RelabeledAttempt, K> key, int count) {
    Map<K, Integer> taken = new HashMap<>();
    Set<Integer> kept = new HashSet<>();
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      order.add(i);
    }
    order.sort(
        Comparator.comparingInt((Integer i) -> all.get(i).attempt().sample())
            .thenComparingInt(i -> all.get(i).attempt().state().turn()));
    for (int i : order) {
      if (taken.merge(key.apply(all.get(i)), 1, Integer::sum) <= count) {
        kept.add(i);
      }
    }
    List<RelabeledAttempt> left = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      if (kept.contains(i)) {
        left.add(all.get(i));
      }
    }
    return left;
  }

  /**
   * {@return {@code retention} with a description for a run's configuration}
   *
   * @param name tells it from others
   * @param retention what to keep
   */
  static Retention named(String name, Retention retention) {
    return new Retention() {
      @Override
      public List<RelabeledAttempt> keep(List<RelabeledAttempt> relabeled) {
        return retention.keep(relabeled);
      }

      @Override
      public String toString() {
        return name;
      }
    };
  }
}
