package org.riselm.examples.bench;

import com.google.common.primitives.ImmutableIntArray;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.riselm.core.policy.Sampling;
import org.riselm.core.policy.SamplingProgress;
import org.riselm.onnx.generate.Generated;
import org.riselm.onnx.generate.Generator;
import org.riselm.onnx.generate.GeneratorLimits;
import org.riselm.onnx.generate.Prompt;
import org.riselm.onnx.model.DecoderGraphs;
import org.riselm.onnx.model.Layout;
import org.riselm.onnx.model.Weights;
import org.riselm.onnx.runtime.SessionSettings;

/** A shape's generator without stop tokens, to be measured. */
final class Sampled implements AutoCloseable {
  private final Generator generator;

  /** Loads it; the weights stay the caller's and must stay open. */
  Sampled(Shape shape, Weights weights, int maxBatch, int threads) {
    this(shape, weights, maxBatch, threads, 0);
  }

  /** Loads it, with memory for what later prompts go on from. */
  Sampled(Shape shape, Weights weights, int maxBatch, int threads, long prefixBytes) {
    this.generator =
        Generator.load(
            DecoderGraphs.sampling(Layout.full(shape.config())).toModel(),
            new SessionSettings(threads, weights.tensors()),
            new GeneratorLimits(
                shape.config().contextLength(), ImmutableIntArray.of(), maxBatch, prefixBytes));
  }

  /** Samples, and gives the number of tokens. */
  long tokens(List<Prompt> prompts, Sampling sampling) {
    return answers(prompts, sampling).stream().mapToLong(g -> g.tokens().size()).sum();
  }

  /** Samples. */
  List<Generated> answers(List<Prompt> prompts, Sampling sampling) {
    return generator.generate(prompts, sampling, SamplingProgress.NONE);
  }

  /** Different random prompts of one length. */
  static List<Prompt> prompts(Shape shape, int count, int length) {
    SplittableRandom random = new SplittableRandom(5);
    List<Prompt> prompts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int[] ids = random.ints(length, 0, shape.config().vocabularySize()).toArray();
      prompts.add(Prompt.of(ids, i));
    }
    return prompts;
  }

  @Override
  public void close() {
    generator.close();
  }
}
