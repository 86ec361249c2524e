package org.riselm.core.relabel;

import java.util.List;
import java.util.function.Function;
import org.riselm.core.internal.rollout.Deadline;
import org.riselm.core.internal.util.UserFailure;
import org.riselm.core.mdp.Problem;
import org.riselm.core.mdp.Response;

/** See {@link Relabelers#reference()}. */
final class ReferenceRelabeler implements Relabeler {
  private final Function<Problem, String> solution;

  ReferenceRelabeler(Function<Problem, String> solution) {
    this.solution = solution;
  }

  @Override
  public List<Target> relabel(List<Attempt> attempts, RelabelContext context) {
    return attempts.stream().map(attempt -> relabel(attempt, context)).toList();
  }

  private Target relabel(Attempt attempt, RelabelContext context) {
    String text;
    try {
      text =
          Deadline.of(context.callDeadline()).call(() -> solution.apply(attempt.state().problem()));
    } catch (Throwable e) {
      UserFailure.check(e);
      return Target.own(attempt, "own (reference failed)");
    }
    return BetterResponse.orOwn(attempt, Response.ofText(text), "reference", context);
  }

  @Override
  public String toString() {
    return "reference";
  }
}
