package org.riselm.core.relabel;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.riselm.core.internal.rollout.ProgressMeter;
import org.riselm.core.mdp.Response;
import org.riselm.core.mdp.Response.FinishReason;
import org.riselm.core.mdp.Tokens;
import org.riselm.core.policy.Completion;
import org.riselm.core.policy.Policy;
import org.riselm.core.policy.Query;
import org.riselm.core.policy.SamplingOptions;

/** See {@link Relabelers#teacher(Policy)}. */
final class TeacherRelabeler implements Relabeler {
  private final Policy teacher;
  private final @Nullable SamplingOptions sampling;

  TeacherRelabeler(Policy teacher, @Nullable SamplingOptions sampling) {
    this.teacher = teacher;
    this.sampling = sampling;
  }

  @Override
  public List<Target> relabel(List<Attempt> attempts, RelabelContext context) {
    ProgressMeter meter = new ProgressMeter(context.progress());
    meter.expect(attempts.size());
    List<Query> queries =
        attempts.stream().map(a -> a.query(context.seed(), context.iteration(), 1)).toList();
    List<Completion> answers =
        meter.complete(
            context.responseCache().caching("teacher", teacher),
            queries,
            sampling == null ? context.sampling() : sampling);
    List<Target> relabels = new ArrayList<>(attempts.size());
    for (int i = 0; i < attempts.size(); i++) {
      Target relabel = relabel(attempts.get(i), answers.get(i).response(), context);
      meter.addReward(relabel.reward());
      relabels.add(relabel);
    }
    meter.report();
    return List.copyOf(relabels);
  }

  private static Target relabel(Attempt attempt, Response answer, RelabelContext context) {
    if (answer.finish() == FinishReason.FAILED) {
      return Target.own(attempt, "own (teacher failed)");
    }
    Response text = new Response(answer.text(), Tokens.none(), answer.finish());
    return BetterResponse.orOwn(attempt, text, "teacher", context);
  }

  @Override
  public String toString() {
    return "teacher %s, sampled %s"
        .formatted(teacher.getClass().getName(), sampling == null ? "as the learner is" : sampling);
  }
}
