package org.riselm.onnx.internal.train;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.riselm.onnx.internal.decoder.ParameterBlock;
import org.riselm.onnx.internal.runtime.Tensor;
import org.riselm.onnx.internal.util.Workers;

/**
 * AdamW in the host's memory, which it reads and writes once: a graph of elementwise operators,
 * which passes over it for each of them, took three times as long (decision 016). The same bits on
 * any number of threads and, for the same norm, those of {@link DeviceAdamW}.
 */
final class HostAdamW implements ParameterUpdate {
  // What a thread takes at a time, and what squares are summed over before they are added: no
  // matter of threads, or bits would be.
  private static final int PIECE = 1 << 17;
  // What is in work at a time: four arrays of it fit into the nearest cache.
  private static final int CHUNK = 1 << 11;

  private final AdamW settings;
  private final List<Views> pieces = new ArrayList<>();
  private final Workers workers;

  /** A piece of every block. */
  private record Views(
      Piece piece,
      FloatBuffer parameters,
      FloatBuffer gradients,
      FloatBuffer first,
      FloatBuffer second) {}

  HostAdamW(Blocks blocks, AdamW settings, int threads) {
    this.settings = settings;
    this.workers = new Workers("optimizer", threads);
    for (Piece piece : Piece.of(blocks.weights(), settings.decay(), PIECE)) {
      pieces.add(
          new Views(
              piece,
              view(blocks.weights(), piece),
              view(blocks.gradients(), piece),
              view(blocks.first(), piece),
              view(blocks.second(), piece)));
    }
  }

  private static FloatBuffer view(ParameterBlock weights, Piece piece) {
    try (Tensor slice = weights.block().slice(piece.from(), piece.length())) {
      return slice.floats();
    }
  }

  @Override
  public double gradientNorm() {
    double[] squares = new double[pieces.size()];
    workers.each(
        pieces.size(),
        worker -> {
          float[] chunk = new float[CHUNK];
          float[] sums = new float[CHUNK];
          return i -> squares[i] = squares(pieces.get(i).gradients, chunk, sums);
        });
    double sum = 0;
    for (double s : squares) {
      sum += s;
    }
    return Math.sqrt(sum);
  }

  // Element by element into `sums`, which the processor does several of at a time.
  private static double squares(FloatBuffer values, float[] chunk, float[] sums) {
    Arrays.fill(sums, 0);
    for (int at = 0; at < values.capacity(); at += CHUNK) {
      int length = Math.min(CHUNK, values.capacity() - at);
      values.get(at, chunk, 0, length);
      for (int i = 0; i < length; i++) {
        sums[i] += chunk[i] * chunk[i];
      }
    }
    double sum = 0;
    for (float s : sums) {
      sum += s;
    }
    return sum;
  }

  @Override
  public void apply(long step, double learningRate, double gradientNorm) {
    Scalars scalars = Scalars.of(settings, step, learningRate, gradientNorm);
    workers.each(
        pieces.size(),
        worker -> {
          Mover mover = new Mover(settings, scalars);
          return i -> mover.move(pieces.get(i));
        });
  }

  /** One thread's scratch memory, and what it does with it. */
  private static final class Mover {
    private final Scalars scalars;
    private final float beta1;
    private final float rest1;
    private final float beta2;
    private final float rest2;
    private final float epsilon;
    private final float[] parameters = new float[CHUNK];
    private final float[] gradients = new float[CHUNK];
    private final float[] firsts = new float[CHUNK];
    private final float[] seconds = new float[CHUNK];

    Mover(AdamW settings, Scalars scalars) {
      this.scalars = scalars;
      beta1 = (float) settings.beta1();
      rest1 = (float) (1 - settings.beta1());
      beta2 = (float) settings.beta2();
      rest2 = (float) (1 - settings.beta2());
      epsilon = (float) settings.epsilon();
    }

    void move(Views views) {
      float keep = scalars.keep(views.piece);
      int all = views.piece.length();
      for (int at = 0; at < all; at += CHUNK) {
        int length = Math.min(CHUNK, all - at);
        views.parameters.get(at, parameters, 0, length);
        views.gradients.get(at, gradients, 0, length);
        views.first.get(at, firsts, 0, length);
        views.second.get(at, seconds, 0, length);
        move(length, keep, parameters, gradients, firsts, seconds);
        views.parameters.put(at, parameters, 0, length);
        views.first.put(at, firsts, 0, length);
        views.second.put(at, seconds, 0, length);
      }
    }

    // Apart, and over arrays, so that the compiler turns it into vector instructions.
    private void move(int length, float keep, float[] p, float[] g, float[] m, float[] v) {
      float clip = scalars.clip();
      float rate = scalars.rate();
      float correction = scalars.correction();
      for (int i = 0; i < length; i++) {
        float clipped = g[i] * clip;
        float first = m[i] * beta1 + clipped * rest1;
        float second = v[i] * beta2 + clipped * clipped * rest2;
        float denominator = (float) Math.sqrt(second * correction) + epsilon;
        m[i] = first;
        v[i] = second;
        p[i] = p[i] * keep - first / denominator * rate;
      }
    }
  }

  @Override
  public void close() {
    workers.close();
  }
}
