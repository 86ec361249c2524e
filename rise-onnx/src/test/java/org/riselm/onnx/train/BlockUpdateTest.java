package org.riselm.onnx.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.FloatBuffer;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.riselm.onnx.model.Parameter;
import org.riselm.onnx.model.Weights;
import org.riselm.onnx.runtime.Resources;

class BlockUpdateTest {
  private static final int STEPS = 3;

  // Several pieces, none of which the chunks divide, and a vector behind them.
  private static final List<Parameter> PARAMETERS =
      List.of(
          new Parameter("a.weight", List.of(701L, 419L)),
          new Parameter("norm.weight", List.of(5003L)));

  private static AdamW adamW(AdamW.Decay decay) {
    return new AdamW(0.9, 0.99, 1e-6, 0.1, decay, 1);
  }

  private static void fill(Weights weights, long seed, double scale) {
    Random random = new Random(seed);
    FloatBuffer values = weights.block().floats();
    for (int i = 0; i < values.capacity(); i++) {
      values.put(i, (float) (random.nextGaussian() * scale));
    }
  }

  private interface Made {
    BlockUpdate by(BlockUpdate.Blocks blocks);
  }

  /** Weights, then both moments, after some steps, whose norms are told beforehand. */
  private static float[][] updated(Made made) {
    try (Weights weights = Weights.zeros(PARAMETERS);
        Weights gradients = Weights.zeros(PARAMETERS);
        Weights first = Weights.zeros(PARAMETERS);
        Weights second = Weights.zeros(PARAMETERS);
        BlockUpdate update = made.by(new BlockUpdate.Blocks(weights, gradients, first, second))) {
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
    float[][] graph = updated(b -> new DeviceUpdate(b, adamW(decay)));
    float[][] host = updated(b -> new HostUpdate(b, adamW(decay), 1));
    for (int i = 0; i < graph.length; i++) {
      assertArrayEquals(graph[i], host[i]);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 8})
  void theBitsAreThoseOfOneThread(int threads) {
    AdamW settings = adamW(AdamW.Decay.MATRICES);
    float[][] one = updated(b -> new HostUpdate(b, settings, 1));
    float[][] several = updated(b -> new HostUpdate(b, settings, threads));
    for (int i = 0; i < one.length; i++) {
      assertArrayEquals(one[i], several[i]);
    }
  }

  @Test
  void theNormIsOfAllGradients() {
    AdamW settings = adamW(AdamW.Decay.ALL);
    try (Resources r = new Resources()) {
      Weights gradients = r.add(Weights.zeros(PARAMETERS));
      Weights rest = r.add(Weights.zeros(PARAMETERS)); // Of which a norm reads nothing.
      BlockUpdate.Blocks blocks = new BlockUpdate.Blocks(rest, gradients, rest, rest);
      BlockUpdate one = r.add(new HostUpdate(blocks, settings, 1));
      BlockUpdate three = r.add(new HostUpdate(blocks, settings, 3));
      BlockUpdate graph = r.add(new DeviceUpdate(blocks, settings));
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
