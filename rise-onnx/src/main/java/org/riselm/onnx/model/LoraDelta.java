package org.riselm.onnx.model;

import org.riselm.onnx.runtime.Tensor;

/** What an adapter adds to the weight beside which it stands: scale · B·A, [out, in]. */
public final class LoraDelta {
  private final float[] a;
  private final float[] b;
  private final int rank;
  private final int in;

  /**
   * Copies an adapter.
   *
   * @param a of A [rank, in]
   * @param b of B [out, rank]
   * @param scale what the product is multiplied by
   */
  public LoraDelta(Tensor a, Tensor b, double scale) {
    this.rank = Math.toIntExact(a.shape()[0]);
    this.in = Math.toIntExact(a.shape()[1]);
    this.a = a.toFloats();
    this.b = b.toFloats();
    for (int i = 0; i < this.b.length; i++) {
      this.b[i] *= (float) scale;
    }
  }

  /**
   * Adds a piece of it.
   *
   * @param from where the piece begins, counted row by row
   * @param target the weight's piece; its first {@code count} numbers change
   */
  public void add(long from, float[] target, int count) {
    int row = Math.toIntExact(from / in);
    int column = (int) (from % in);
    int done = 0;
    while (done < count) {
      int n = Math.min(in - column, count - done);
      for (int r = 0; r < rank; r++) {
        float factor = b[row * rank + r];
        int start = r * in + column;
        for (int j = 0; j < n; j++) {
          target[done + j] += factor * a[start + j];
        }
      }
      done += n;
      row++;
      column = 0;
    }
  }
}
