package org.riselm.core.task;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.riselm.core.mdp.Problem;
import org.riselm.core.mdp.Reward;
import org.riselm.core.mdp.Verifier;

/**
 * Problems and what checks the responses to them. Immutable.
 *
 * @param name for reports
 * @param problems in order, at least one, with distinct ids
 * @param verifier decides whether a response is correct
 */
public record ProblemSet(String name, List<Problem> problems, Verifier verifier) {
  /** Checks the components. */
  public ProblemSet {
    requireNonNull(name, "name");
    requireNonNull(verifier, "verifier");
    problems = List.copyOf(problems);
    if (problems.isEmpty()) {
      throw new IllegalArgumentException("problem set " + name + " is empty; at least one problem");
    }
    Map<String, Integer> places = new HashMap<>();
    for (int i = 0; i < problems.size(); i++) {
      Integer other = places.put(problems.get(i).id(), i);
      if (other != null) {
        throw new IllegalArgumentException(
            "problem set %s: problems %d and %d both have the id %s; give every problem its own"
                .formatted(name, other + 1, i + 1, problems.get(i).id()));
      }
    }
  }

  /**
   * {@return a set whose responses {@code reward} scores, without answers that could be read} An
   * evaluation on it has no votes.
   *
   * @param name the name of the set
   * @param problems the problems
   * @param reward scores responses
   */
  public static ProblemSet scored(String name, List<Problem> problems, Reward reward) {
    return new ProblemSet(name, problems, new ScoreOnly(requireNonNull(reward, "reward")));
  }

  /** {@return the number of problems} */
  public int size() {
    return problems.size();
  }

  /**
   * {@return the same problems in an order that {@code seed} decides}
   *
   * @param seed decides every random choice
   */
  public ProblemSet shuffled(long seed) {
    List<Problem> order = new ArrayList<>(problems);
    Collections.shuffle(order, new Random(seed));
    return new ProblemSet(name, order, verifier);
  }

  /**
   * {@return the first {@code count} problems}
   *
   * @param count how many; 1 or more
   * @throws IllegalArgumentException if there are fewer, or {@code count} is below 1
   */
  public ProblemSet take(int count) {
    return slice(0, count);
  }

  /**
   * {@return all but the first {@code count} problems}
   *
   * @param count how many; less than there are
   * @throws IllegalArgumentException if none would be left
   */
  public ProblemSet drop(int count) {
    return slice(count, size());
  }

  private ProblemSet slice(int from, int to) {
    if (from < 0 || to > size() || from >= to) {
      throw new IllegalArgumentException(
          "problem set %s has %d problems; there are none from %d to %d"
              .formatted(name, size(), from, to));
    }
    return new ProblemSet(name, problems.subList(from, to), verifier);
  }

  /**
   * Checks that no problem is in both sets, by id or by prompt.
   *
   * @param other the set to compare with
   * @return this
   * @throws IllegalArgumentException naming a problem that is
   */
  public ProblemSet requireDisjointFrom(ProblemSet other) {
    Set<String> ids = new HashSet<>();
    Set<String> prompts = new HashSet<>();
    for (Problem problem : other.problems()) {
      ids.add(problem.id());
      prompts.add(problem.prompt());
    }
    for (Problem problem : problems) {
      if (ids.contains(problem.id()) || prompts.contains(problem.prompt())) {
        throw new IllegalArgumentException(
            "problem %s is in %s and, by id or prompt, in %s; the sets must share none"
                .formatted(problem.id(), name, other.name()));
      }
    }
    return this;
  }
}
