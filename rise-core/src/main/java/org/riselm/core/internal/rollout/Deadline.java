package org.riselm.core.internal.rollout;

import static com.google.common.base.Preconditions.checkState;
import static java.util.Objects.requireNonNull;

import com.google.common.base.Throwables;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.riselm.core.internal.util.CallThread;
import org.riselm.core.mdp.Feedback;
import org.riselm.core.mdp.Problem;
import org.riselm.core.mdp.Turn;
import org.riselm.core.mdp.Verifier;

/**
 * How long a user's code may take for one call. Calls are made on another thread, one after the
 * other; the caller waits. A call that is not over in time is interrupted and given up: it may go
 * on, or hang, on a thread that nothing waits for, and the next call gets a new one.
 *
 * <p>Such a call, and one whose stack overflows, fails like any other that throws. Not thread-safe.
 */
public final class Deadline {
  /** Waits as long as it takes, on the caller's own thread. */
  public static final Deadline NONE = new Deadline(null);

  private final @Nullable Duration longest;
  private @Nullable CallThread thread;

  private Deadline(@Nullable Duration longest) {
    this.longest = longest;
  }

  /**
   * A deadline for every call.
   *
   * @throws IllegalArgumentException if {@code longest} is not above zero
   */
  public static Deadline of(Duration longest) {
    if (longest.isZero() || longest.isNegative()) {
      throw new IllegalArgumentException("a deadline of " + longest + "; it must be above zero");
    }
    return new Deadline(requireNonNull(longest, "longest"));
  }

  /**
   * What {@code work} gives.
   *
   * @throws IllegalStateException if it takes too long, or its stack overflows
   * @throws CancellationException if the caller is interrupted; it stays so
   */
  public <T> T call(Supplier<T> work) {
    if (longest == null) {
      return guarded(work).get();
    }
    FutureTask<T> result = new FutureTask<>(() -> guarded(work).get());
    make(result);
    try {
      return result.get(longest.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      giveUp();
      throw new IllegalStateException("not done after " + longest + "; given up", e);
    } catch (InterruptedException e) {
      giveUp();
      Thread.currentThread().interrupt();
      throw new CancellationException("interrupted while waiting for it");
    } catch (ExecutionException e) {
      Throwable thrown = requireNonNull(e.getCause(), "cause");
      Throwables.throwIfUnchecked(thrown);
      throw new IllegalStateException("a supplier threw a checked exception", thrown);
    }
  }

  /** Regular expressions overflow the stack on long texts, which is no reason to stop a run. */
  private static <T> Supplier<T> guarded(Supplier<T> work) {
    return () -> {
      try {
        return work.get();
      } catch (StackOverflowError e) {
        throw new IllegalStateException("its stack overflowed", e);
      }
    };
  }

  private void make(FutureTask<?> call) {
    if (thread == null || !thread.make(call)) {
      thread = CallThread.started();
      checkState(thread.make(call), "a new thread took no call");
    }
  }

  private void giveUp() {
    if (thread != null) {
      thread.giveUp();
      thread = null;
    }
  }

  /** {@code verifier}, each of whose calls has this deadline. */
  public Verifier around(Verifier verifier) {
    return new Verifier() {
      @Override
      public Optional<String> answer(String response) {
        return call(() -> verifier.answer(response));
      }

      @Override
      public boolean equivalent(String answer, String other) {
        return call(() -> verifier.equivalent(answer, other));
      }

      @Override
      public boolean readsAnswers() {
        return verifier.readsAnswers();
      }

      @Override
      public String referenceAnswer(Problem problem) {
        return call(() -> verifier.referenceAnswer(problem));
      }

      @Override
      public boolean correct(Problem problem, String response) {
        return call(() -> verifier.correct(problem, response));
      }

      @Override
      public double score(Problem problem, String response) {
        return call(() -> verifier.score(problem, response));
      }
    };
  }

  /** {@code feedback}, each of whose texts has this deadline. */
  public Feedback around(Feedback feedback) {
    return new Feedback() {
      @Override
      public String after(Problem problem, Turn turn) {
        return call(() -> feedback.after(problem, turn));
      }

      @Override
      public boolean revealsOutcome() {
        return feedback.revealsOutcome();
      }
    };
  }
}
