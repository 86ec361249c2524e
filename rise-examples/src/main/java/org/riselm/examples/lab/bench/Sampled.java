package org.riselm.examples.lab.bench;

import com.google.common.primitives.ImmutableIntArray;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.riselm.core.policy.SamplingOptions;
import org.riselm.onnx.internal.decoder.ParameterBlock;
import org.riselm.onnx.internal.decoder.ParameterLayout;
import org.riselm.onnx.internal.generate.GenerationResult;
import org.riselm.onnx.internal.generate.Generator;
import org.riselm.onnx.internal.generate.GeneratorLimits;
import org.riselm.onnx.internal.generate.Prompt;
import org.riselm.onnx.internal.generate.SamplingProgress;
import org.riselm.onnx.internal.runtime.SessionSettings;

/** A shape's generator without stop tokens, to be measured. */
final class Sampled implements AutoCloseable {
  private final Generator generator;

  /** Loads it; the weights stay the caller's and must stay open. */
  Sampled(Shape shape, ParameterBlock weights, int maxBatch, int threads) {
    this(shape, weights, maxBatch, threads, 0);
  }

  /** Loads it, with memory for what later prompts go on from. */
  Sampled(Shape shape, ParameterBlock weights, int maxBatch, int threads, long prefixBytes) {
    this.generator =
        Generator.load(
            ParameterLayout.full(shape.config()),
            new SessionSettings(threads, weights.tensors()),
            new GeneratorLimits(
                shape.config().contextLength(), ImmutableIntArray.of(), maxBatch, prefixBytes));
  }

  /** Samples, and gives the number of tokens. */
  long tokens(List<Prompt> prompts, SamplingOptions sampling) {
    return answers(prompts, sampling).stream().mapToLong(g -> g.tokens().size()).sum();
  }

  /** Samples. */
  List<GenerationResult> answers(List<Prompt> prompts, SamplingOptions sampling) {
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
