package org.riselm.core.internal.rollout;

import java.util.List;
import org.riselm.core.mdp.Feedback;
import org.riselm.core.mdp.Feedback.BatchFeedback;
import org.riselm.core.mdp.Problem;
import org.riselm.core.mdp.Turn;

/** See {@link Deadline#around(Feedback)}. */
record GuardedBatchFeedback(BatchFeedback feedback, Deadline deadline) implements BatchFeedback {
  @Override
  public List<String> after(List<Problem> problems, List<Turn> turns) {
    return deadline.times(turns.size()).call(() -> feedback.after(problems, turns));
  }

  @Override
  public String after(Problem problem, Turn turn) {
    return deadline.call(() -> feedback.after(problem, turn));
  }

  @Override
  public boolean revealsOutcome() {
    return feedback.revealsOutcome();
  }

  @Override
  public Feedback restating(String lead) {
    return deadline.around(feedback.restating(lead));
  }

  @Override
  public String description() {
    return feedback.description();
  }
}
