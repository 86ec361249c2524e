package org.riselm.core.relabel;

import java.util.ArrayList;
import java.util.List;
import org.riselm.core.mdp.Reward;
import org.riselm.core.policy.Completion;
import org.riselm.core.policy.Query;
import org.riselm.core.rollout.Meter;
import org.riselm.core.rollout.Score;

/** See {@link Relabelers#bestOf}. Draws in rounds of 1, 2, 4, ...; the result does not show it. */
final class BestOf implements Relabeler {
  private final int n;

  BestOf(int n) {
    this.n = n;
  }

  @Override
  public List<Relabel> relabel(List<Attempt> attempts, RelabelContext context) {
    Meter meter = new Meter(context.progress());
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
    all.forEach(search -> meter.scored(search.best.reward()));
    meter.expect(0);
    meter.report();
    return all.stream().map(search -> search.best).toList();
  }

  @Override
  public String toString() {
    return "best of " + n;
  }

  private static List<Search> open(List<Search> searches) {
    return searches.stream().filter(s -> !Reward.isSuccess(s.best.reward())).toList();
  }

  private final class Search {
    private final Attempt attempt;
    private Relabel best;

    private Search(Attempt attempt) {
      this.attempt = attempt;
      this.best = Relabel.own(attempt);
    }

    /** Considers the next draw. After a right one, the rest of its round is not looked at. */
    private void consider(Completion answer, Reward reward) {
      if (Reward.isSuccess(best.reward()) || answer.failure() != null) {
        return;
      }
      Score score = Score.of(reward, attempt.state().problem(), answer);
      if (score.failure() == null && score.reward() > best.reward()) {
        best = new Relabel(answer.response(), score.reward(), "best of " + n);
      }
    }
  }
}
