package org.riselm.core.internal.trainer;

import org.riselm.core.internal.rollout.Deadline;
import org.riselm.core.mdp.Feedback;
import org.riselm.core.mdp.Verifier;
import org.riselm.core.rollout.Critic;
import org.riselm.core.task.Gsm8kVerifier;
import org.riselm.core.task.MathVerifier;
import org.riselm.core.task.ProblemSet;

/** Puts a deadline around what users write; the library's own parts end by themselves. */
record UserCode(Deadline deadline) {
  /** Returns {@code set}, with a deadline for its verifier if that is a user's. */
  ProblemSet guard(ProblemSet set) {
    return new ProblemSet(set.name(), set.problems(), guard(set.verifier()));
  }

  /** Returns {@code verifier}, with a deadline if it is a user's. */
  Verifier guard(Verifier verifier) {
    return verifier instanceof Gsm8kVerifier || verifier instanceof MathVerifier
        ? verifier
        : deadline.around(verifier);
  }

  /** Returns {@code feedback}, with a deadline unless a policy writes it. */
  Feedback guard(Feedback feedback) {
    return feedback instanceof Critic ? feedback : deadline.around(feedback);
  }
}
