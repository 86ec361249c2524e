package org.riselm.examples.lab.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.riselm.examples.Arguments;
import org.riselm.onnx.Lora;
import org.riselm.onnx.internal.decoder.ModelTensors;
import org.riselm.onnx.internal.decoder.Parameter;
import org.riselm.onnx.internal.decoder.ParameterBlock;
import org.riselm.onnx.internal.decoder.ParameterLayout;
import org.riselm.onnx.internal.runtime.ElementType;
import org.riselm.onnx.internal.runtime.Tensor;
import org.riselm.onnx.internal.train.AdamW;
import org.riselm.onnx.internal.train.GraphStepExecutor;
import org.riselm.onnx.internal.train.MicroBatch;
import org.riselm.onnx.internal.train.TrainingGraph;
import org.riselm.onnx.internal.util.Resources;
import org.riselm.onnx.model.DecoderConfig;

/**
 * Speed and peak memory of LoRA steps on a random model of 0.5 B parameters (the shape of
 * Qwen2.5-0.5B) whose base is frozen in bfloat16.
 *
 * <pre>run BenchLora [rank] [sequence] [steps] [threads]</pre>
 */
public final class BenchLora {
  private static final String USAGE =
      """
      Usage: run BenchLora [rank (16)] [sequence (256)] [steps (3)] [threads (all)]
      """;

  private BenchLora() {}

  /** Measures, and prints a line of JSON. */
  public static void main(String[] args) {
    Arguments.run(USAGE, args, given -> given, BenchLora::start);
  }

  private static void start(String[] args) throws IOException {
    Arguments.requireCount(args, 0, 4, "at most a rank, a length, steps and threads");
    int rank = Arguments.wholeNumber(args, 0, "the rank", 16);
    int sequence = Arguments.wholeNumber(args, 1, "the length", 256);
    int steps = Arguments.wholeNumber(args, 2, "the number of steps", 3);
    int threads =
        Arguments.wholeNumber(
            args, 3, "the number of threads", Runtime.getRuntime().availableProcessors());
    DecoderConfig config =
        DecoderConfig.builder(151_936)
            .hiddenSize(896)
            .layers(24)
            .heads(14)
            .keyValueHeads(2)
            .headSize(64)
            .feedForwardSize(4864)
            .contextLength(sequence)
            .build();
    ParameterLayout layout =
        ParameterLayout.lora(
            config, Lora.rank(rank), p -> p.isMatrix() ? ElementType.BFLOAT16 : ElementType.FLOAT);
    ObjectNode out = new ObjectMapper().createObjectNode();
    try (Resources r = new Resources()) {
      Map<String, Tensor> frozen = new HashMap<>();
      long baseBytes = 0;
      for (Map.Entry<Parameter, ElementType> e : layout.frozen().entrySet()) {
        Tensor t = r.add(random(e.getKey(), e.getValue()));
        frozen.put(e.getKey().name(), t);
        baseBytes += t.elements() * t.type().bytes();
      }
      ParameterBlock adapters = r.add(ParameterBlock.zeros(layout.trained()));
      adapters.randomizeAdapters(1);
      out.put("bench", "lora").put("rank", rank).put("sequence", sequence).put("threads", threads);
      out.put("trainedParameters", adapters.elements()).put("baseMiB", baseBytes >> 20);
      out.put("residentBeforeMiB", ProcessUse.residentMebibytes());
      AdamW adamw = new AdamW(0.9, 0.999, 1e-8, 0, AdamW.Decay.ALL, 1);
      GraphStepExecutor executor =
          r.add(new GraphStepExecutor(new ModelTensors(layout, adapters, frozen), adamw, threads));
      MicroBatch batch = batch(config, sequence);
      List<Double> seconds = new ArrayList<>();
      List<Double> cpuSeconds = new ArrayList<>();
      double loss = 0;
      for (int i = 0; i <= steps; i++) {
        long before = System.nanoTime();
        double cpuBefore = ProcessUse.cpuSeconds();
        loss = executor.accumulate(batch);
        executor.step(1e-4);
        if (i > 0) {
          seconds.add((System.nanoTime() - before) / 1e9);
          cpuSeconds.add(ProcessUse.cpuSeconds() - cpuBefore);
        }
      }
      out.put("stepSecondsMedian", median(seconds)).put("cpuSecondsMedian", median(cpuSeconds));
      long predicted =
          baseBytes
              // The adapters, their gradients and AdamW's two moments.
              + 4 * Float.BYTES * adapters.elements()
              + TrainingGraph.activationBytes(layout, 1, sequence, batch.targets());
      long peak = ProcessUse.peakMebibytes();
      out.put("loss", loss).put("predictedMiB", predicted >> 20).put("peakMiB", peak);
      out.put("peakOverPredicted", (double) (peak << 20) / predicted);
    }
    System.out.println(out);
  }

  private static double median(List<Double> values) {
    Collections.sort(values);
    return values.get(values.size() / 2);
  }

  static Tensor random(Parameter p, ElementType type) {
    Tensor t = Tensor.zeros(type, p.sizes());
    SplittableRandom random = new SplittableRandom(p.name().hashCode());
    float scale = p.isMatrix() ? (float) (1 / Math.sqrt(p.shape().get(1))) : 0;
    ByteBuffer bytes = t.bytes();
    while (bytes.hasRemaining()) {
      float value = scale == 0 ? 1 : (float) (random.nextDouble() - 0.5) * 3.4f * scale;
      if (type == ElementType.BFLOAT16) {
        bytes.putShort((short) (Float.floatToRawIntBits(value) >>> 16));
      } else {
        bytes.putFloat(value);
      }
    }
    return t;
  }

  /** One row; its second half is learned. */
  private static MicroBatch batch(DecoderConfig config, int sequence) {
    SplittableRandom random = new SplittableRandom(3);
    long[] ids = random.longs(sequence, 0, config.vocabularySize()).toArray();
    int targets = sequence / 2;
    long[] positions = new long[targets];
    float[] weights = new float[targets];
    for (int i = 0; i < targets; i++) {
      positions[i] = (long) sequence - targets + i;
      weights[i] = 1f / targets;
    }
    long[] targetIds = random.longs(targets, 0, config.vocabularySize()).toArray();
    return new MicroBatch(1, sequence, ids, positions, targetIds, weights);
  }
}
