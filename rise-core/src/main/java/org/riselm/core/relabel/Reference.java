package org.riselm.core.relabel;

import java.util.List;
import java.util.function.Function;
import org.riselm.core.mdp.Problem;
import org.riselm.core.mdp.Response;

/** See {@link Relabelers#reference()}. */
final class Reference implements Relabeler {
  private final Function<Problem, String> solution;

  Reference(Function<Problem, String> solution) {
    this.solution = solution;
  }

  @Override
  public List<Relabel> relabel(List<Attempt> attempts, RelabelContext context) {
    return attempts.stream().map(attempt -> relabel(attempt, context)).toList();
  }

  private Relabel relabel(Attempt attempt, RelabelContext context) {
    String text;
    try {
      text = context.deadline().call(() -> solution.apply(attempt.state().problem()));
    } catch (RuntimeException e) {
      return Relabel.own(attempt, "own (reference failed)");
    }
    return Candidate.orOwn(attempt, Response.ofText(text), "reference", context);
  }

  @Override
  public String toString() {
    return "reference";
  }
}
