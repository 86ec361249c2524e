package org.riselm.core.internal.rollout;

import static java.util.Objects.requireNonNull;

import java.util.List;
import org.riselm.core.policy.Completion;
import org.riselm.core.policy.Policy;
import org.riselm.core.policy.ProgressEvent;
import org.riselm.core.policy.ProgressListener;
import org.riselm.core.policy.Query;
import org.riselm.core.policy.SamplingOptions;

/** Asks a policy, keeps count of answers, tokens and rewards, and tells how far a stage is. */
public final class ProgressMeter {
  private final ProgressListener progress;
  private long done;
  private long expected;
  private long tokens;
  private long addReward;
  private double rewards;

  /** A meter at zero that reports to {@code progress}. */
  public ProgressMeter(ProgressListener progress) {
    this.progress = requireNonNull(progress, "progress");
  }

  /** At most {@code answers} answers are still to come. */
  public void expect(long answers) {
    expected = done + answers;
  }

  /**
   * The policy's answers to {@code queries}, in their order.
   *
   * @throws IllegalStateException if the policy gives another number of answers
   */
  public List<Completion> complete(Policy policy, List<Query> queries, SamplingOptions sampling) {
    long doneBefore = done;
    long tokensBefore = tokens;
    List<Completion> completions =
        policy.complete(
            queries,
            sampling,
            event -> {
              done = doneBefore + event.done();
              tokens = tokensBefore + event.tokens();
              report();
            });
    if (completions.size() != queries.size()) {
      throw new IllegalStateException(
          "the policy %s gave %d completions to %d queries; one each"
              .formatted(policy.getClass().getName(), completions.size(), queries.size()));
    }
    // What the policy told on the way may be partial; from here on the answers themselves count.
    done = doneBefore + completions.size();
    tokens = tokensBefore;
    for (Completion completion : completions) {
      tokens += completion.response().tokens().size();
    }
    return completions;
  }

  /** An answer was scored. */
  public void addReward(double reward) {
    addReward++;
    rewards += reward;
  }

  /** Tells the listener. */
  public void report() {
    progress.progressed(
        ProgressEvent.ofSampling(
            done,
            Math.max(done, expected),
            tokens,
            addReward == 0 ? Double.NaN : rewards / addReward));
  }
}
