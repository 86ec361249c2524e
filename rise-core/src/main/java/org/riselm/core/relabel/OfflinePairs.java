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
import org.riselm.core.mdp.HistoryWindow;
import org.riselm.core.mdp.Problem;
import org.riselm.core.mdp.Response.FinishReason;
import org.riselm.core.mdp.Turn;

/**
 * Revisions that are put together from independent first responses (Snell et al., arXiv 2408.03314,
 * appendix): some incorrect ones as if they were earlier turns, then a correct one. Off-policy: no
 * policy reached these states. The last incorrect response is the one nearest to the correct one by
 * Levenshtein's distance in words, so that the pair looks like a correction; the others are drawn
 * at random.
 */
public final class OfflinePairs {
  private final int maxIncorrect;
  private final int maxPerProblem;
  private final Feedback feedback;
  private final HistoryWindow historyWindow;

  private OfflinePairs(Builder builder) {
    this.maxIncorrect = builder.maxIncorrect;
    this.maxPerProblem = builder.maxPerProblem;
    this.feedback = builder.feedback;
    this.historyWindow = builder.historyWindow;
  }

  /**
   * Starts from the defaults.
   *
   * @param feedback what is said after the incorrect responses
   * @return a builder
   */
  public static Builder builder(Feedback feedback) {
    return new Builder(feedback);
  }

  /** Collects the settings of {@link OfflinePairs}. Not thread-safe. */
  public static final class Builder {
    private int maxIncorrect = 4;
    private int maxPerProblem = Integer.MAX_VALUE;
    private final Feedback feedback;
    private HistoryWindow historyWindow = HistoryWindow.all();

    private Builder(Feedback feedback) {
      this.feedback = requireNonNull(feedback, "feedback");
    }

    /**
     * Sets the most incorrect responses of a chain, at least 0; how many a chain has is uniform
     * from 0 to this, as far as there are any. 4 by default, as in the paper.
     *
     * @param count the most incorrect responses of a chain
     * @return this builder
     */
    public Builder maxIncorrect(int count) {
      if (count < 0) {
        throw new IllegalArgumentException("maxIncorrect is " + count + "; 0 or more");
      }
      this.maxIncorrect = count;
      return this;
    }

    /**
     * Sets how many correct responses of a problem are used, at least 1; all by default.
     *
     * @param count how many correct responses of a problem are used
     * @return this builder
     */
    public Builder maxPerProblem(int count) {
      if (count < 1) {
        throw new IllegalArgumentException("maxPerProblem is " + count + "; 1 or more");
      }
      this.maxPerProblem = count;
      return this;
    }

    /**
     * Sets which of the incorrect responses a state shows; all by default.
     *
     * @param window which of the incorrect responses a state shows
     * @return this builder
     */
    public Builder historyWindow(HistoryWindow window) {
      this.historyWindow = requireNonNull(window, "window");
      return this;
    }

    /**
     * Builds what makes the pairs.
     *
     * @return the maker of pairs
     */
    public OfflinePairs build() {
      return new OfflinePairs(this);
    }
  }

  /**
   * {@return the chains of each problem, whose target is its own correct response} Problems without
   * a correct response give none.
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
    Attempt attempt = new Attempt(historyWindow.state(problem, said), target, sample);
    return new RelabeledAttempt(attempt, Target.own(attempt));
  }
}
