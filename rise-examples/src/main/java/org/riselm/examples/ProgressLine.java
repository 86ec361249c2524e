package org.riselm.examples;

import java.io.PrintStream;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * Draws how far one phase at a time is. On a terminal it redraws a single line; elsewhere, as in a
 * log file, it prints a line for every tenth of the work, and none for work that is done in a
 * moment. Not thread-safe.
 */
final class ProgressLine {
  private static final int BAR = 24;
  private static final int TENTHS = 10;
  private static final long REDRAW_NANOS = 100_000_000L;
  private static final long PRINT_NANOS = 2_000_000_000L;
  private static final double NANOS = 1e9;

  private final PrintStream out;
  private final boolean terminal;
  private final LongSupplier nanoTime;

  private String phase = "";
  private long total;
  private long done;
  private long tokens;
  private String note = "";
  private long startedAt;
  private long drawnAt;
  private long printedTenths;
  private int drawnWidth;

  /**
   * A line on {@code out}.
   *
   * @param terminal whether {@code out} understands a carriage return
   * @param nanoTime a clock, such as {@link System#nanoTime}
   */
  ProgressLine(PrintStream out, boolean terminal, LongSupplier nanoTime) {
    this.out = out;
    this.terminal = terminal;
    this.nanoTime = nanoTime;
  }

  /** Starts {@code phase}. */
  void start(String phase) {
    this.phase = phase;
    total = 0;
    done = 0;
    tokens = 0;
    note = "";
    printedTenths = 0;
    startedAt = nanoTime.getAsLong();
    drawnAt = startedAt;
    if (terminal) {
      redraw();
    }
  }

  /** So much is done since the start, of a total that may have changed. */
  void advance(long done, long total, long tokens, String note) {
    this.done = done;
    this.total = total;
    this.tokens = tokens;
    this.note = note;
    if (terminal) {
      if (nanoTime.getAsLong() - drawnAt >= REDRAW_NANOS) {
        redraw();
      }
    } else if (total > 0
        && done < total
        && done * TENTHS / total > printedTenths
        && nanoTime.getAsLong() - drawnAt >= PRINT_NANOS) {
      printedTenths = done * TENTHS / total;
      drawnAt = nanoTime.getAsLong();
      out.println(render());
    }
  }

  /** The phase is over: leaves one line that says how long it took. */
  void finish() {
    StringBuilder line = new StringBuilder(String.format(Locale.ROOT, "%-24s", phase));
    line.append(String.format(Locale.ROOT, " %6.1f s", seconds()));
    if (tokens > 0) {
      line.append(String.format(Locale.ROOT, "  %,d tokens, %,.0f/s", tokens, rate()));
    }
    if (!note.isEmpty()) {
      line.append("  ").append(note);
    }
    if (terminal) {
      overwrite(line.toString());
      out.println();
      drawnWidth = 0;
    } else {
      out.println(line);
    }
    out.flush();
  }

  private void redraw() {
    drawnAt = nanoTime.getAsLong();
    overwrite(render());
    out.flush();
  }

  private void overwrite(String line) {
    out.print("\r" + line + " ".repeat(Math.max(0, drawnWidth - line.length())));
    drawnWidth = line.length();
  }

  private String render() {
    StringBuilder line = new StringBuilder(String.format(Locale.ROOT, "%-24s", phase));
    if (total > 0) {
      int filled = (int) (Math.min(done, total) * BAR / total);
      line.append(" [").append("#".repeat(filled)).append("-".repeat(BAR - filled)).append("] ");
      line.append(done).append('/').append(total);
    }
    if (tokens > 0 && seconds() > 0) {
      line.append(String.format(Locale.ROOT, "  %,.0f tokens/s", rate()));
    }
    if (!note.isEmpty()) {
      line.append("  ").append(note);
    }
    if (done > 0 && total > 0 && done < total) {
      long left = Math.round(seconds() * (total - done) / done);
      line.append(String.format(Locale.ROOT, "  %d:%02d left", left / 60, left % 60));
    }
    return line.toString();
  }

  private double seconds() {
    return (nanoTime.getAsLong() - startedAt) / NANOS;
  }

  private double rate() {
    return tokens / Math.max(seconds(), 1 / NANOS);
  }
}
