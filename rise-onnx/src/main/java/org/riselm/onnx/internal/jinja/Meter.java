package org.riselm.onnx.internal.jinja;

/** Counts the work of one rendering, and ends it at a bound. */
final class Meter {
  private static final int MAX_NESTING = 100;

  private final long maxWork;
  private long work;

  Meter(long maxWork) {
    this.maxWork = maxWork;
  }

  /**
   * Counts {@code steps}: evaluated nodes, items visited, characters made.
   *
   * @throws Failure if the bound is passed
   */
  void spend(long steps) {
    work += steps;
    if (work > maxWork || work < 0) {
      throw Failure.limit("rendering takes more than %d steps", maxWork);
    }
  }

  /** Counts what a search for {@code part} in {@code text} may take. */
  void spendSearch(String text, String part) {
    // The worst case compares everywhere; a step is some 64 of these comparisons.
    spend(1 + text.length() + (long) text.length() * part.length() / 64);
  }

  /** Bounds the nesting of values, which templates can build without end. */
  static void requireShallow(int depth) {
    if (depth > MAX_NESTING) {
      throw Failure.limit("a value is nested more than %d deep", MAX_NESTING);
    }
  }
}
