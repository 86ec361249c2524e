package org.riselm.core.internal.util;

/**
 * Seeds that are counted, not shared: each draw's seed is a mix of the run's seed and the draw's
 * coordinates, so results depend neither on batch order nor on where a run was resumed.
 */
public final class Seeds {
  private Seeds() {}

  /** The seed at {@code coordinates}, which tell this draw from every other under {@code seed}. */
  public static long derive(long seed, long... coordinates) {
    long mixed = mix(seed + 0x9E3779B97F4A7C15L);
    for (long c : coordinates) {
      mixed = mix(mixed ^ mix(c + 0x9E3779B97F4A7C15L)) + 0x9E3779B97F4A7C15L;
    }
    return mix(mixed);
  }

  /**
   * The seed of one answer of a run.
   *
   * @param seed of the run
   * @param iteration that draws it
   * @param problemId what is answered
   * @param sample which of the problem's episodes
   * @param turn of the episode, from 1
   * @param draw 0 is the learner's own; a relabeler's further draws count from 1
   */
  public static long ofResponse(
      long seed, int iteration, String problemId, int sample, int turn, int draw) {
    return derive(seed, iteration, coordinate(problemId), sample, turn, draw);
  }

  /** A coordinate for {@code name}: the same on every machine (FNV-1a, 64 bits). */
  public static long coordinate(String name) {
    long hash = 0xCBF29CE484222325L;
    for (int i = 0; i < name.length(); i++) {
      hash = (hash ^ name.charAt(i)) * 0x100000001B3L;
    }
    return hash;
  }

  // The finalizer of SplittableRandom (Steele, Lea, Flood 2014; Stafford's variant 13).
  private static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
