package org.riselm.core.policy.spi;

import static java.util.Objects.requireNonNull;

import org.riselm.core.policy.ProgressEvent;
import org.riselm.core.policy.ProgressListener;

/** Adds up what a policy samples for a batch of queries, and reports the sums. Not thread-safe. */
public final class SamplingMeter {
  private final long total;
  private final ProgressListener listener;
  private long done;
  private long tokens;

  /**
   * Makes a meter at zero.
   *
   * @param total the queries of the batch
   * @param listener told about the work done
   */
  public SamplingMeter(long total, ProgressListener listener) {
    this.total = total;
    this.listener = requireNonNull(listener, "listener");
  }

  /**
   * Reports more work done.
   *
   * @param responses finished since the last call
   * @param tokens sampled since the last call, those of unfinished responses too
   */
  public void advanced(long responses, long tokens) {
    done += responses;
    this.tokens += tokens;
    listener.progressed(ProgressEvent.ofSampling(done, total, this.tokens, Double.NaN));
  }
}
