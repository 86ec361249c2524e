package org.riselm.core.relabel;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.riselm.core.internal.util.EditDistance;
import org.riselm.core.internal.util.Seeds;
import org.riselm.core.mdp.Episode;
import org.riselm.core.mdp.Feedback;
import org.riselm.core.mdp.FinishReason;
import org.riselm.core.mdp.HistoryWindow;
import org.riselm.core.mdp.Problem;
import org.riselm.core.mdp.Turn;

/**
 * Revisions made up from independent first answers (Snell et al., arXiv 2408.03314, appendix): some
 * wrong ones as if they were earlier turns, then a right one. Off-policy: nobody reached these
 * states. The last wrong answer is the one nearest to the right one by {@link EditDistance}, so
 * that the pair looks like a correction; the others are drawn at random.
 *
 * @param maxIncorrect the longest chain of wrong answers, at least 0; how many a chain has is
 *     uniform from 0 to this, as far as there are any. The paper takes 4
 * @param maxPerProblem how many right answers of a problem are used at most, at least 1
 * @param feedback what is said after the wrong answers
 * @param window which of them a state shows
 */
public record OfflinePairs(
    int maxIncorrect, int maxPerProblem, Feedback feedback, HistoryWindow window) {
  public OfflinePairs {
    if (maxIncorrect < 0 || maxPerProblem < 1) {
      throw new IllegalArgumentException(
          "mostWrong is %d and perProblem %d; 0 or more, and 1 or more"
              .formatted(maxIncorrect, maxPerProblem));
    }
    requireNonNull(feedback, "feedback");
    requireNonNull(window, "window");
  }

  /**
   * The chains of each problem, its own right answer being the target. Problems without a right
   * answer give none.
   *
   * @param samples of which the first turns are used, several per problem; the paper takes 64
   * @param seed of the choices
   */
  public List<RelabeledAttempt> of(List<Episode> samples, long seed) {
    Map<String, List<Episode>> byProblem = new LinkedHashMap<>();
    for (Episode e : samples) {
      if (e.turns().get(0).response().finish() != FinishReason.FAILED) {
        byProblem.computeIfAbsent(e.problem().id(), k -> new ArrayList<>()).add(e);
      }
    }
    List<RelabeledAttempt> chains = new ArrayList<>();
    byProblem
        .values()
        .forEach(
            episodes -> {
              List<Episode> ordered = new ArrayList<>(episodes);
              ordered.sort(Comparator.comparingInt(Episode::sample));
              chains.addAll(ofProblem(ordered, seed));
            });
    return List.copyOf(chains);
  }

  private List<RelabeledAttempt> ofProblem(List<Episode> samples, long seed) {
    Problem problem = samples.get(0).problem();
    List<Turn> wrong =
        samples.stream().map(e -> e.turns().get(0)).filter(t -> !t.correct()).toList();
    List<RelabeledAttempt> chains = new ArrayList<>();
    for (Episode e : samples) {
      if (e.turns().get(0).correct() && chains.size() < maxPerProblem) {
        Random random = new Random(Seeds.derive(seed, Seeds.coordinate(problem.id()), e.sample()));
        chains.add(chain(problem, e.sample(), e.turns().get(0), wrong, random));
      }
    }
    return chains;
  }

  private RelabeledAttempt chain(
      Problem problem, int sample, Turn right, List<Turn> wrong, Random random) {
    int length = random.nextInt(Math.min(maxIncorrect, wrong.size()) + 1);
    List<Turn> earlier = new ArrayList<>();
    if (length > 0) {
      Turn nearest =
          Collections.min(
              wrong,
              Comparator.comparingInt(
                  t -> EditDistance.words(t.response().text(), right.response().text())));
      List<Turn> others = new ArrayList<>(wrong);
      others.remove(nearest);
      Collections.shuffle(others, random);
      earlier.addAll(others.subList(0, length - 1));
      earlier.add(nearest);
    }
    List<Turn> said =
        earlier.stream()
            .map(t -> Turn.of(t.response(), t.reward()).withFeedback(feedback.after(problem, t)))
            .toList();
    Turn target = Turn.of(right.response(), right.reward());
    Attempt attempt = new Attempt(window.state(problem, said), target, sample);
    return new RelabeledAttempt(attempt, Target.own(attempt));
  }
}
