package org.riselm.examples.lab.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Arrays;
import java.util.Set;
import java.util.SplittableRandom;
import org.riselm.examples.Arguments;
import org.riselm.onnx.internal.decoder.ModelTensors;
import org.riselm.onnx.internal.decoder.ParameterBlock;
import org.riselm.onnx.internal.decoder.ParameterLayout;
import org.riselm.onnx.internal.memory.ActivationMemory;
import org.riselm.onnx.internal.train.AdamW;
import org.riselm.onnx.internal.train.GraphStepExecutor;
import org.riselm.onnx.internal.train.MicroBatch;
import org.riselm.onnx.internal.train.TrainingGraph;
import org.riselm.onnx.internal.util.Resources;
import org.riselm.onnx.model.DecoderConfig;

/**
 * The memory that a step takes beside weights, gradients and moments, all parameters trained in
 * fp32: as {@link ActivationMemory} predicts it, and as Linux sees it.
 *
 * <pre>run BenchMemory [--layers 4] [--rows 8] [--columns 256] [--learned 50] [--vocabulary 512]
 *   [--hidden 256] [--heads 8] [--ffn 688] [--threads N] [--recompute]</pre>
 *
 * <p>{@code --learned} is the share of tokens that are learned, in percent. Prints a line of JSON:
 * the prediction, by how much the step's peak is above what was resident after a step of one row of
 * four tokens, and what loading the graph and the step take.
 */
public final class BenchMemory {
  private static final String USAGE =
      """
      Usage: run BenchMemory [options]
        --layers N --hidden N --heads N --ffn N --vocabulary N   of the model (4, 256, 8, 688, 512)
        --rows N --columns N --learned N                         of the micro-batch (8, 256, all)
        --threads N                                              all processors
        --recompute                                              with recomputation
      """;

  private BenchMemory() {}

  /** Measures, and prints. */
  public static void main(String[] args) {
    Arguments.run(USAGE, args, given -> given, BenchMemory::start);
  }

  private static void start(String[] args) throws IOException {
    Arguments given =
        new Arguments(
            args,
            Set.of(
                "layers",
                "rows",
                "columns",
                "learned",
                "vocabulary",
                "hidden",
                "heads",
                "ffn",
                "threads"),
            Set.of("recompute"));
    int rows = given.integer("rows", 1, 8);
    int columns = given.integer("columns", 4, 256);
    int threads = given.integer("threads", 1, Runtime.getRuntime().availableProcessors());
    DecoderConfig config =
        DecoderConfig.builder(given.integer("vocabulary", 2, 512))
            .hiddenSize(given.integer("hidden", 1, 256))
            .layers(given.integer("layers", 1, 4))
            .heads(given.integer("heads", 1, 8))
            .feedForwardSize(given.integer("ffn", 1, 688))
            .contextLength(columns)
            .build();
    MicroBatch small = batch(config, 1, 4, 100);
    MicroBatch batch = batch(config, rows, columns, given.integer("learned", 1, 50));
    ObjectNode out = new ObjectMapper().createObjectNode();
    try (Resources r = new Resources()) {
      ModelTensors model =
          ModelTensors.full(config, r.add(ParameterBlock.random(config, 1)))
              .recomputing(given.has("recompute"));
      AdamW adamw = new AdamW(0.9, 0.999, 1e-8, 0.01, AdamW.Decay.MATRICES, 1);
      long start = System.nanoTime();
      GraphStepExecutor executor = r.add(new GraphStepExecutor(model, adamw, threads));
      // Loads the graph, and makes gradients and moments resident.
      executor.accumulate(small);
      long loaded = System.nanoTime();
      executor.step(1e-4);
      long before = ProcessUse.residentMebibytes();
      ProcessUse.forgetPeak();
      long began = System.nanoTime();
      executor.accumulate(batch);
      executor.step(1e-4);
      long done = System.nanoTime();
      ParameterLayout layout = model.layout();
      long predicted = TrainingGraph.activationBytes(layout, rows, columns, batch.targets());
      out.put("bench", "memory")
          .put("predictedMiB", predicted >> 20)
          .put("residentMiB", ProcessUse.peakMebibytes() - before)
          .put("loadSeconds", (loaded - start) / 1e9)
          .put("stepSeconds", (done - began) / 1e9);
    }
    System.out.println(out);
  }

  /** Random sequences of full length; so many tokens of a hundred, evenly, are learned. */
  private static MicroBatch batch(DecoderConfig config, int rows, int columns, int learned) {
    int tokens = rows * columns;
    int targets = Math.max(1, (int) ((long) tokens * learned / 100));
    SplittableRandom random = new SplittableRandom(3);
    int vocabulary = config.vocabularySize();
    long[] ids = random.longs(tokens, 0, vocabulary).toArray();
    long[] positions = new long[targets];
    Arrays.setAll(positions, i -> (i + 1L) * tokens / targets - 1);
    float[] weights = new float[targets];
    Arrays.fill(weights, 1f / targets);
    long[] targetIds = random.longs(targets, 0, vocabulary).toArray();
    return new MicroBatch(rows, columns, ids, positions, targetIds, weights);
  }
}
