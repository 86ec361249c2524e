package org.riselm.core.internal.rollout;

import org.riselm.core.mdp.Feedback;
import org.riselm.core.mdp.Problem;
import org.riselm.core.mdp.Turn;

/** See {@link Deadline#around(Feedback)}. */
record GuardedFeedback(Feedback feedback, Deadline deadline) implements Feedback {
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
    return new GuardedFeedback(feedback.restating(lead), deadline);
  }

  @Override
  public String description() {
    return feedback.description();
  }
}
