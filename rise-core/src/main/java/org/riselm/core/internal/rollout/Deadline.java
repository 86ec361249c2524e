package org.riselm.core.internal.rollout;

import static java.util.Objects.requireNonNull;

import com.google.common.base.Throwables;
import com.google.common.util.concurrent.ExecutionError;
import com.google.common.util.concurrent.SimpleTimeLimiter;
import com.google.common.util.concurrent.ThreadFactoryBuilder;
import com.google.common.util.concurrent.TimeLimiter;
import com.google.common.util.concurrent.UncheckedExecutionException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.riselm.core.internal.util.StoppedException;
import org.riselm.core.mdp.Feedback;
import org.riselm.core.mdp.Feedback.BatchFeedback;
import org.riselm.core.mdp.Verifier;

/**
 * How long user code may take for one call. The caller waits while the call runs on another thread.
 * A call that is not over in time is interrupted and abandoned: its thread may keep running, and
 * the next call gets another one.
 *
 * <p>Such a call, and one whose stack overflows, fails like any other that throws: the call has a
 * stack of its own, so that it was not this library that overflowed it.
 */
public final class Deadline {
  private static final TimeLimiter LIMITER =
      SimpleTimeLimiter.create(
          Executors.newCachedThreadPool(
              new ThreadFactoryBuilder().setNameFormat("rise-call-%d").setDaemon(true).build()));

  private final Duration longest;

  private Deadline(Duration longest) {
    this.longest = longest;
  }

  /**
   * Returns a deadline for every call.
   *
   * @throws IllegalArgumentException if {@code longest} is not above zero
   */
  public static Deadline of(Duration longest) {
    if (longest.isZero() || longest.isNegative()) {
      throw new IllegalArgumentException("a deadline of " + longest + "; it must be above zero");
    }
    return new Deadline(requireNonNull(longest, "longest"));
  }

  /** Returns this deadline for {@code count} calls in one. */
  Deadline times(int count) {
    return new Deadline(longest.multipliedBy(Math.max(1, count)));
  }

  /**
   * Returns what {@code work} gives.
   *
   * @throws IllegalStateException if it takes too long, or its stack overflows
   * @throws StoppedException if the caller is interrupted; it stays so
   */
  public <T> T call(Supplier<T> work) {
    try {
      return requireNonNull(
          LIMITER.callWithTimeout(() -> guarded(work), longest), "user code returned null");
    } catch (TimeoutException e) {
      throw new IllegalStateException("not done after " + longest + "; abandoned", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoppedException("interrupted while waiting for user code", e);
    } catch (ExecutionException | UncheckedExecutionException | ExecutionError e) {
      Throwable thrown = requireNonNull(e.getCause(), "cause");
      Throwables.throwIfUnchecked(thrown);
      throw new IllegalStateException("user code threw a checked exception: " + thrown, thrown);
    }
  }

  /** Regular expressions overflow the stack on long texts, which is no reason to stop a run. */
  private static <T> T guarded(Supplier<T> work) {
    try {
      return work.get();
    } catch (StackOverflowError e) {
      throw new IllegalStateException("its stack overflowed", e);
    }
  }

  /** Returns {@code verifier}, each of whose calls has this deadline. */
  public Verifier around(Verifier verifier) {
    return new GuardedVerifier(verifier, this);
  }

  /** Returns {@code feedback}, each of whose calls has this deadline; a batch has it per turn. */
  public Feedback around(Feedback feedback) {
    return feedback instanceof BatchFeedback batch
        ? new GuardedBatchFeedback(batch, this)
        : new GuardedFeedback(feedback, this);
  }

  @Override
  public String toString() {
    return "deadline of " + longest;
  }
}
