package org.riselm.onnx.internal.decoder;

import java.util.Optional;
import org.riselm.onnx.Lora;
import org.riselm.onnx.internal.runtime.Tensor;

/** What an adapter adds to the weight beside which it stands: scale · B·A, [out, in]. */
public final class LoraDelta {
  private final float[] a;
  // Times the scale.
  private final float[] b;
  private final int rank;
  private final int in;

  /**
   * What {@code weight} gets added.
   *
   * @param adapters of all layers; they are copied
   * @return nothing, if there is no adapter beside it
   */
  public static Optional<LoraDelta> of(Parameter weight, Lora lora, ParameterBlock adapters) {
    if (!LoraTargets.canAdapt(weight) || !LoraTargets.adapts(lora, weight.layer())) {
      return Optional.empty();
    }
    Tensor a = adapters.tensor(weight.layer() + ParameterLayout.LORA_A);
    Tensor b = adapters.tensor(weight.layer() + ParameterLayout.LORA_B);
    float scale = (float) LoraTargets.scale(lora, weight.layer());
    float[] scaled = b.toFloats();
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] *= scale;
    }
    int rank = Math.toIntExact(a.shape()[0]);
    int in = Math.toIntExact(a.shape()[1]);
    return Optional.of(new LoraDelta(a.toFloats(), scaled, rank, in));
  }

  private LoraDelta(float[] a, float[] b, int rank, int in) {
    this.a = a;
    this.b = b;
    this.rank = rank;
    this.in = in;
  }

  /** The opposite, which takes off what this adds. */
  public LoraDelta negated() {
    float[] opposite = b.clone();
    for (int i = 0; i < opposite.length; i++) {
      opposite[i] = -opposite[i];
    }
    return new LoraDelta(a, opposite, rank, in);
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
