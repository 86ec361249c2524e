package org.riselm.examples.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.primitives.ImmutableIntArray;
import java.util.ArrayList;
import java.util.Collections;
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
import org.riselm.onnx.model.ModelTensors;
import org.riselm.onnx.model.Weights;
import org.riselm.onnx.runtime.NativeTime;
import org.riselm.onnx.runtime.SessionSettings;
import org.riselm.onnx.train.AdamW;
import org.riselm.onnx.train.MicroBatch;
import org.riselm.onnx.train.PlainExecutor;

/**
 * Training and sampling tokens per second, and the share of a training step that is spent outside
 * native calls.
 *
 * <pre>run BenchTrain [toy|tiny|small|medium] [steps] [threads]</pre>
 */
public final class BenchTrain {
  private static final int WARM_UP = 3;
  private static final int PROMPT = 32;
  private static final int NEW_TOKENS = 128;

  private BenchTrain() {}

  /** Measures, and prints a line of JSON. */
  public static void main(String[] args) {
    Shape shape = Shape.of(args.length > 0 ? args[0] : "small");
    int steps = args.length > 1 ? Integer.parseInt(args[1]) : 15;
    int threads =
        args.length > 2 ? Integer.parseInt(args[2]) : Runtime.getRuntime().availableProcessors();
    ObjectNode out = new ObjectMapper().createObjectNode();
    out.put("bench", "train").put("shape", shape.name()).put("threads", threads);
    try (Weights weights = Weights.random(shape.config(), 1)) {
      out.put("parameters", weights.elements());
      train(shape, weights, steps, threads, out);
      for (int batch : new int[] {1, 16, 64}) {
        out.put("sampledTokensPerSecond_batch" + batch, sample(shape, weights, batch, threads));
      }
    }
    System.out.println(out);
  }

  private static void train(Shape shape, Weights weights, int steps, int threads, ObjectNode out) {
    AdamW adamw = new AdamW(0.9, 0.999, 1e-8, 0.01, AdamW.Decay.MATRICES, 1);
    MicroBatch batch = batch(shape);
    List<Double> seconds = new ArrayList<>();
    List<Double> outside = new ArrayList<>();
    try (PlainExecutor executor =
        new PlainExecutor(ModelTensors.full(shape.config(), weights), adamw, threads)) {
      for (int i = 0; i < WARM_UP + steps; i++) {
        long nativeBefore = NativeTime.nanos();
        long before = System.nanoTime();
        executor.accumulate(batch);
        executor.step(1e-4);
        double took = System.nanoTime() - before;
        if (i >= WARM_UP) {
          seconds.add(took / 1e9);
          outside.add(1 - (NativeTime.nanos() - nativeBefore) / took);
        }
      }
    }
    double median = median(seconds);
    out.put("stepSecondsMedian", median)
        .put("stepSecondsMin", Collections.min(seconds))
        .put("stepSecondsMax", Collections.max(seconds))
        .put("trainedTokensPerSecond", batch.paddedTokens() / median)
        .put("shareOutsideNativeCalls", median(outside));
  }

  /** A dense batch: every token but the first is learned. */
  private static MicroBatch batch(Shape shape) {
    int tokens = shape.rows() * shape.columns();
    SplittableRandom random = new SplittableRandom(3);
    int vocabulary = shape.config().vocabularySize();
    long[] ids = random.longs(tokens, 0, vocabulary).toArray();
    long[] positions = new long[tokens];
    float[] weights = new float[tokens];
    for (int i = 0; i < tokens; i++) {
      positions[i] = i;
      weights[i] = 1f / tokens;
    }
    long[] targets = random.longs(tokens, 0, vocabulary).toArray();
    return new MicroBatch(shape.rows(), shape.columns(), ids, positions, targets, weights);
  }

  private static double sample(Shape shape, Weights weights, int batch, int threads) {
    GeneratorLimits limits =
        new GeneratorLimits(PROMPT + NEW_TOKENS, ImmutableIntArray.of(), batch);
    SplittableRandom random = new SplittableRandom(5);
    List<Prompt> prompts = new ArrayList<>();
    for (int i = 0; i < batch; i++) {
      int[] ids = random.ints(PROMPT, 0, shape.config().vocabularySize()).toArray();
      prompts.add(Prompt.of(ids, i));
    }
    List<Double> rates = new ArrayList<>();
    try (Generator generator =
        Generator.load(
            DecoderGraphs.sampling(Layout.full(shape.config())).toModel(),
            new SessionSettings(threads, weights.tensors()),
            limits)) {
      for (int i = 0; i < 4; i++) {
        long before = System.nanoTime();
        long tokens = 0;
        for (Generated g :
            generator.generate(
                prompts, Sampling.ofMaxNewTokens(NEW_TOKENS), SamplingProgress.NONE)) {
          tokens += g.tokens().size();
        }
        if (i > 0) {
          rates.add(tokens / ((System.nanoTime() - before) / 1e9));
        }
      }
    }
    return median(rates);
  }

  private static double median(List<Double> values) {
    List<Double> sorted = new ArrayList<>(values);
    Collections.sort(sorted);
    return sorted.get(sorted.size() / 2);
  }
}
