package org.riselm.core.relabel;

import java.util.ArrayList;
import java.util.List;
import org.riselm.core.internal.rollout.ProgressMeter;
import org.riselm.core.internal.rollout.ScoringResult;
import org.riselm.core.internal.util.EditDistance;
import org.riselm.core.mdp.Response;
import org.riselm.core.mdp.Reward;
import org.riselm.core.policy.Completion;
import org.riselm.core.policy.Query;
import org.riselm.core.relabel.BestOfOptions.NoneBetter;
import org.riselm.core.relabel.BestOfOptions.Ties;

/** See {@link Relabelers#bestOf}. Draws in rounds of 1, 2, 4, ...; the result does not show it. */
final class BestOfRelabeler implements Relabeler {
  private final int n;
  private final BestOfOptions choice;

  BestOfRelabeler(int n, BestOfOptions choice) {
    this.n = n;
    this.choice = choice;
  }

  @Override
  public List<Target> relabel(List<Attempt> attempts, RelabelContext context) {
    ProgressMeter meter = new ProgressMeter(context.progress());
    List<Search> all = attempts.stream().map(Search::new).toList();
    List<Search> open = open(all);
    int drawn = 0;
    for (int round = 1; drawn < n && !open.isEmpty(); round *= 2) {
      int draws = Math.min(round, n - drawn);
      meter.expect((long) open.size() * (n - drawn));
      List<Query> queries = new ArrayList<>(open.size() * draws);
      for (Search search : open) {
        for (int draw = drawn + 1; draw <= drawn + draws; draw++) {
          queries.add(search.attempt.query(context.seed(), context.iteration(), draw));
        }
      }
      List<Completion> answers = meter.complete(context.policy(), queries, context.sampling());
      for (int i = 0; i < answers.size(); i++) {
        open.get(i / draws).consider(answers.get(i), context.reward());
      }
      drawn += draws;
      open = open(open);
    }
    all.forEach(search -> meter.addReward(search.best.reward()));
    meter.expect(0);
    meter.report();
    return all.stream().map(Search::result).toList();
  }

  @Override
  public String toString() {
    return choice.equals(BestOfOptions.ofDefaults()) ? name() : name() + ", " + choice;
  }

  private String name() {
    return "best of " + n;
  }

  private static List<Search> open(List<Search> searches) {
    return searches.stream().filter(s -> !s.done()).toList();
  }

  private final class Search {
    private final Attempt attempt;
    private Target best;

    private Search(Attempt attempt) {
      this.attempt = attempt;
      this.best = Target.own(attempt);
    }

    /** Whether a further draw could change the result. */
    private boolean done() {
      return Reward.isCorrect(best.reward())
          && (choice.ties() == Ties.FIRST || Reward.isCorrect(attempt.turn().reward()));
    }

    /** Considers the next draw. */
    private void consider(Completion answer, Reward reward) {
      if (done() || answer.failure() != null) {
        return;
      }
      ScoringResult score = ScoringResult.of(reward, attempt.state().problem(), answer);
      if (score.failure() == null
          && (score.reward() > best.reward()
              || (score.reward() == best.reward() && wins(answer.response())))) {
        best = new Target(answer.response(), score.reward(), name());
      }
    }

    /** Whether {@code response} is better than a draw of the same reward; the own comes first. */
    private boolean wins(Response response) {
      if (best.source().equals(Target.OWN)) {
        return false;
      }
      return switch (choice.ties()) {
        case FIRST -> false;
        case SHORTEST -> length(response) < length(best.response());
        case NEAREST -> distance(response) < distance(best.response());
      };
    }

    private int distance(Response response) {
      return EditDistance.words(attempt.turn().response().text(), response.text());
    }

    private Target result() {
      boolean none = best.source().equals(Target.OWN) && !Reward.isCorrect(attempt.turn().reward());
      return none && choice.noneBetter() == NoneBetter.DROP
          ? new Target(Response.failed(), best.reward(), "none better")
          : best;
    }
  }

  private static int length(Response response) {
    return response.tokens().isEmpty()
        ? EditDistance.words(response.text(), "")
        : response.tokens().size();
  }
}
