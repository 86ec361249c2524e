package org.riselm.core.internal.trainer;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.riselm.core.WordTask;
import org.riselm.core.internal.rollout.Deadline;
import org.riselm.core.internal.util.ForwardingCheck;
import org.riselm.core.mdp.Feedback;
import org.riselm.core.mdp.Feedback.BatchFeedback;
import org.riselm.core.mdp.Verifier;
import org.riselm.core.policy.ScoringPolicy;
import org.riselm.core.policy.TrainablePolicy;
import org.riselm.core.policy.spi.DeviceMemoryMeter;
import org.riselm.core.policy.spi.Provenance;
import org.riselm.core.rollout.Critic;
import org.riselm.core.task.Gsm8kVerifier;

class WrappersTest {
  private static final UserCode USER_CODE = new UserCode(Deadline.of(Duration.ofMinutes(1)));

  @Test
  void aPolicyThatCanBeCancelledKeepsAllThatItOffers() {
    ForwardingCheck.everythingIsForwarded(TrainablePolicy.class, Cancellation::cancellable);
    ForwardingCheck.everythingIsForwarded(
        TrainablePolicy.class,
        Cancellation::cancellable,
        ScoringPolicy.class,
        Provenance.class,
        DeviceMemoryMeter.class);
  }

  @Test
  void aVerifierWithADeadlineKeepsAllThatItOffers() {
    ForwardingCheck.everythingIsForwarded(Verifier.class, v -> USER_CODE.guard(v));
  }

  @Test
  void feedbackWithADeadlineKeepsAllThatItOffers() {
    ForwardingCheck.everythingIsForwarded(Feedback.class, f -> USER_CODE.guard(f));
    ForwardingCheck.everythingIsForwarded(
        BatchFeedback.class,
        f -> assertInstanceOf(BatchFeedback.class, USER_CODE.guard((Feedback) f)));
  }

  @Test
  void whatTheLibraryBringsHasNoDeadline() {
    Critic critic = Critic.builder(WordTask.policy()).build();
    assertSame(critic, USER_CODE.guard((Feedback) critic));
    Verifier verifier = new Gsm8kVerifier();
    assertSame(verifier, USER_CODE.guard(verifier));
  }
}
