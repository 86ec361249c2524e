package org.riselm.core.internal.trainer;

import java.io.PrintStream;
import java.util.Locale;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Draws how far one phase at a time is. On a terminal it redraws a single line that fits;
 * elsewhere, as in a log file, it prints a line for every tenth of the work, and none for work that
 * is done in a moment. Not thread-safe.
 */
public final class ProgressLine {
  private static final int BAR = 24;
  private static final int SHORTEST_BAR = 5;
  private static final int TENTHS = 10;
  private static final long REDRAW_NANOS = 100_000_000L;
  private static final long PRINT_NANOS = 2_000_000_000L;
  private static final double NANOS = 1e9;

  private final PrintStream out;
  private final IntSupplier columns;
  private final LongSupplier nanoTime;

  private String phase = "";
  private long total;
  private long done;
  private long tokens;
  private Supplier<String> note = () -> "";
  private long startedAt;
  private long drawnAt;
  private long printedTenths;
  private int drawnWidth;
  private int width;

  /**
   * A line on {@code out}.
   *
   * @param columns of the terminal that {@code out} is, asked at every start; 0 if it is none
   * @param nanoTime a clock, such as {@link System#nanoTime}
   */
  public ProgressLine(PrintStream out, IntSupplier columns, LongSupplier nanoTime) {
    this.out = out;
    this.columns = columns;
    this.nanoTime = nanoTime;
  }

  /** Starts {@code phase}. */
  public void start(String phase) {
    this.phase = phase;
    width = columns.getAsInt();
    total = 0;
    done = 0;
    tokens = 0;
    note = () -> "";
    printedTenths = 0;
    startedAt = nanoTime.getAsLong();
    drawnAt = startedAt;
    if (width > 0) {
      redraw();
    }
  }

  /** So much is done since the start, of a total that may have changed. */
  public void advance(long done, long total, long tokens, Supplier<String> note) {
    this.done = done;
    this.total = total;
    this.tokens = tokens;
    this.note = note;
    if (width > 0) {
      if (nanoTime.getAsLong() - drawnAt >= REDRAW_NANOS) {
        redraw();
      }
    } else if (total > 0
        && done < total
        && done * TENTHS / total > printedTenths
        && nanoTime.getAsLong() - drawnAt >= PRINT_NANOS) {
      printedTenths = done * TENTHS / total;
      drawnAt = nanoTime.getAsLong();
      out.println(render(Integer.MAX_VALUE));
    }
  }

  /** The phase is over: leaves one line that says how long it took. */
  public void finish() {
    StringBuilder line = new StringBuilder(String.format(Locale.ROOT, "%-24s", phase));
    line.append(String.format(Locale.ROOT, " %6.1f s", seconds()));
    if (tokens > 0) {
      line.append(String.format(Locale.ROOT, "  %,d tokens, %,.0f/s", tokens, rate()));
    }
    line.append(spacedNote());
    if (width > 0) {
      overwrite(cut(line.toString()));
      out.println();
      drawnWidth = 0;
    } else {
      out.println(line);
    }
    out.flush();
  }

  private void redraw() {
    drawnAt = nanoTime.getAsLong();
    // In the last column a terminal would break the line.
    overwrite(cut(render(width - 1)));
    out.flush();
  }

  private void overwrite(String line) {
    out.print("\r" + line + " ".repeat(Math.max(0, drawnWidth - line.length())));
    drawnWidth = line.length();
  }

  private String cut(String line) {
    return line.length() < width ? line : line.substring(0, width - 1);
  }

  /** What is done, how fast, and how long the rest takes; the bar gets the room that is left. */
  private String render(int room) {
    StringBuilder numbers = new StringBuilder();
    if (total > 0) {
      numbers.append(' ').append(done).append('/').append(total);
    }
    if (tokens > 0 && seconds() > 0) {
      numbers.append(String.format(Locale.ROOT, "  %,.0f tokens/s", rate()));
    }
    numbers.append(spacedNote());
    if (done > 0 && total > 0 && done < total) {
      long left = Math.round(seconds() * (total - done) / done);
      numbers.append(String.format(Locale.ROOT, "  %d:%02d left", left / 60, left % 60));
    }
    String name = String.format(Locale.ROOT, "%-24s", phase);
    int bar = Math.min(BAR, room - name.length() - numbers.length() - " []".length());
    if (total > 0 && bar < SHORTEST_BAR) {
      name = phase;
      bar = Math.min(BAR, room - name.length() - numbers.length() - " []".length());
    }
    return total > 0 && bar >= SHORTEST_BAR
        ? name + " [" + bar(bar) + "]" + numbers
        : name + numbers;
  }

  private String spacedNote() {
    String text = note.get();
    return text.isEmpty() ? "" : "  " + text;
  }

  private String bar(int length) {
    int filled = (int) (Math.min(done, total) * length / total);
    return "#".repeat(filled) + "-".repeat(length - filled);
  }

  private double seconds() {
    return (nanoTime.getAsLong() - startedAt) / NANOS;
  }

  private double rate() {
    return tokens / Math.max(seconds(), 1 / NANOS);
  }
}
