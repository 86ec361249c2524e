package org.riselm.onnx.internal.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.FloatBuffer;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.riselm.onnx.internal.decoder.Parameter;
import org.riselm.onnx.internal.decoder.ParameterBlock;
import org.riselm.onnx.internal.util.Resources;

class ParameterUpdateTest {
  private static final int STEPS = 3;

  // Several pieces, none of which the chunks divide, and a vector behind them.
  private static final List<Parameter> PARAMETERS =
      List.of(
          new Parameter("a.weight", List.of(701L, 419L)),
          new Parameter("norm.weight", List.of(5003L)));

  private static AdamW adamW(AdamW.Decay decay) {
    return new AdamW(0.9, 0.99, 1e-6, 0.1, decay, 1);
  }

  private static void fill(ParameterBlock weights, long seed, double scale) {
    Random random = new Random(seed);
    FloatBuffer values = weights.block().floats();
    for (int i = 0; i < values.capacity(); i++) {
      values.put(i, (float) (random.nextGaussian() * scale));
    }
  }

  private interface Made {
    ParameterUpdate by(ParameterUpdate.Blocks blocks);
  }

  /** Weights, then both moments, after some steps, whose norms are told beforehand. */
  private static float[][] updated(Made made) {
    try (ParameterBlock weights = ParameterBlock.zeros(PARAMETERS);
        ParameterBlock gradients = ParameterBlock.zeros(PARAMETERS);
        ParameterBlock first = ParameterBlock.zeros(PARAMETERS);
        ParameterBlock second = ParameterBlock.zeros(PARAMETERS);
        ParameterUpdate update =
            made.by(new ParameterUpdate.Blocks(weights, gradients, first, second))) {
      fill(weights, 1, 0.05);
      for (int step = 1; step <= STEPS; step++) {
        fill(gradients, 10 + step, 0.01);
        update.apply(step, 1e-2, 1.5 * step);
      }
      return new float[][] {
        weights.block().toFloats(), first.block().toFloats(), second.block().toFloats()
      };
    }
  }

  @ParameterizedTest
  @EnumSource(AdamW.Decay.class)
  void theHostsBitsAreThoseOfTheGraph(AdamW.Decay decay) {
    float[][] graph = updated(b -> new DeviceAdamW(b, adamW(decay)));
    float[][] host = updated(b -> new HostAdamW(b, adamW(decay), 1));
    for (int i = 0; i < graph.length; i++) {
      assertArrayEquals(graph[i], host[i]);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 8})
  void theBitsAreThoseOfOneThread(int threads) {
    AdamW settings = adamW(AdamW.Decay.MATRICES);
    float[][] one = updated(b -> new HostAdamW(b, settings, 1));
    float[][] several = updated(b -> new HostAdamW(b, settings, threads));
    for (int i = 0; i < one.length; i++) {
      assertArrayEquals(one[i], several[i]);
    }
  }

  @Test
  void theNormIsOfAllGradients() {
    AdamW settings = adamW(AdamW.Decay.ALL);
    try (Resources r = new Resources()) {
      ParameterBlock gradients = r.add(ParameterBlock.zeros(PARAMETERS));
      ParameterBlock rest =
          r.add(ParameterBlock.zeros(PARAMETERS)); // Of which a norm reads nothing.
      ParameterUpdate.Blocks blocks = new ParameterUpdate.Blocks(rest, gradients, rest, rest);
      ParameterUpdate one = r.add(new HostAdamW(blocks, settings, 1));
      ParameterUpdate three = r.add(new HostAdamW(blocks, settings, 3));
      ParameterUpdate graph = r.add(new DeviceAdamW(blocks, settings));
      fill(gradients, 5, 0.01);
      // What is alone in the last chunk of all counts, too.
      gradients.tensor("norm.weight").floats().put(5002, 3);
      double squares = 0;
      for (float g : gradients.block().toFloats()) {
        squares += (double) g * g;
      }
      double expected = Math.sqrt(squares);
      assertEquals(expected, one.gradientNorm(), 1e-6 * expected);
      assertEquals(expected, graph.gradientNorm(), 1e-5 * expected);
      assertEquals(one.gradientNorm(), three.gradientNorm());
    }
  }
}
