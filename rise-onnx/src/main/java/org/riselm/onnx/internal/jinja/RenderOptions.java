package org.riselm.onnx.internal.jinja;

import static java.util.Objects.requireNonNull;

import java.time.Clock;
import java.time.ZoneId;

/**
 * The bounds of a rendering, and its time.
 *
 * @param maxWork the most steps: nodes evaluated, items visited, characters made; at least 1
 * @param clock what {@code strftime_now} tells, in the clock's own zone
 */
public record RenderOptions(long maxWork, Clock clock) {
  public RenderOptions {
    requireNonNull(clock, "clock");
    if (maxWork < 1) {
      throw new IllegalArgumentException("maxWork is " + maxWork + "; it must be at least 1");
    }
  }

  /** 20 million steps, enough for a conversation of a million characters; the local time. */
  public static RenderOptions ofDefaults() {
    return new RenderOptions(20_000_000, Clock.system(ZoneId.systemDefault()));
  }

  /** These options with other bounds. */
  public RenderOptions withMaxWork(long maxWork) {
    return new RenderOptions(maxWork, clock);
  }

  /** These options at another time. */
  public RenderOptions withClock(Clock clock) {
    return new RenderOptions(maxWork, clock);
  }
}
