package org.riselm.onnx.internal.generate;

import java.util.Arrays;

/**
 * Finds where top-k and top-p cut a distribution, without sorting it. Tokens are counted into
 * buckets by how far their logit lies below the largest; only the bucket in which the cut falls is
 * sorted. Not thread-safe.
 */
final class Truncation {
  /** The cut that keeps every token. */
  static final long ALL = Long.MAX_VALUE;

  // 64 buckets per natural unit, over the 40 units in which all but e^-40 of the mass lies.
  private static final int BUCKETS_PER_UNIT = 64;
  private static final int BUCKETS = 40 * BUCKETS_PER_UNIT;

  private final double[] bucketMass = new double[BUCKETS];
  private long[] boundary = new long[0];

  /** Orders tokens: smaller is likelier, and of equal logits the lower id. */
  static long key(float logit, int id) {
    int bits = Float.floatToRawIntBits(logit + 0f); // +0 and -0 are equal logits
    int ascending = bits ^ ((bits >> 31) & 0x7fffffff);
    return ((long) ~ascending << 32) | id;
  }

  /**
   * The key of the last token of the shortest prefix, in the order of keys, whose mass reaches
   * {@code target}; {@code within} if none does.
   *
   * @param mass of each token, not negative
   * @param max the largest logit
   * @param resolution how finely to look: the inverse of the width, in logits, of a natural unit
   * @param within tokens of larger keys are left out
   */
  long cut(
      float[] logits, double[] mass, float max, double resolution, long within, double target) {
    float scale = (float) (BUCKETS_PER_UNIT * resolution);
    Arrays.fill(bucketMass, 0);
    for (int i = 0; i < logits.length; i++) {
      if (within == ALL || key(logits[i], i) <= within) {
        bucketMass[bucket(logits[i], max, scale)] += mass[i];
      }
    }
    int at = 0;
    double before = 0;
    while (at < BUCKETS - 1 && before + bucketMass[at] < target) {
      before += bucketMass[at++];
    }
    int n = 0;
    for (int i = 0; i < logits.length; i++) {
      if (bucket(logits[i], max, scale) == at) {
        long key = key(logits[i], i);
        if (key <= within) {
          n = add(key, n);
        }
      }
    }
    Arrays.sort(boundary, 0, n);
    for (int i = 0; i < n; i++) {
      before += mass[(int) boundary[i]]; // the low half of a key is the id
      if (before >= target) {
        return boundary[i];
      }
    }
    // Rounding may leave the sum of all just short of the target.
    return within;
  }

  private static int bucket(float logit, float max, float scale) {
    return Math.min(BUCKETS - 1, (int) ((max - logit) * scale));
  }

  private int add(long key, int n) {
    if (n == boundary.length) {
      boundary = Arrays.copyOf(boundary, Math.max(64, 2 * n));
    }
    boundary[n] = key;
    return n + 1;
  }
}
