package org.riselm.examples.lab.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntToLongFunction;
import org.riselm.core.policy.ProgressListener;
import org.riselm.core.policy.TrainingOptions;
import org.riselm.core.policy.TrainingRequest;
import org.riselm.core.policy.spi.TrainingCheckpoints;
import org.riselm.examples.Arguments;
import org.riselm.onnx.Lora;
import org.riselm.onnx.internal.decoder.ModelTensors;
import org.riselm.onnx.internal.decoder.Parameter;
import org.riselm.onnx.internal.decoder.ParameterBlock;
import org.riselm.onnx.internal.decoder.ParameterLayout;
import org.riselm.onnx.internal.runtime.ElementType;
import org.riselm.onnx.internal.runtime.NativeTime;
import org.riselm.onnx.internal.runtime.Tensor;
import org.riselm.onnx.internal.train.AdamW;
import org.riselm.onnx.internal.train.EncodedExample;
import org.riselm.onnx.internal.train.GraphStepExecutor;
import org.riselm.onnx.internal.train.TrainingLoop;
import org.riselm.onnx.internal.util.Resources;

/**
 * Trained tokens per second, in fp32 from random weights: of all parameters, or for the shape 0.5B
 * of adapters of rank 16 beside a frozen base.
 *
 * <pre>run BenchTrain [--shape tiny] [--steps 8] [--threads N] [--dialogues FILE] [--bare]
 *   [--recompute]</pre>
 *
 * <p>Steps are of dense batches, every token learned; with {@code --dialogues}, GSM8K's file, of
 * {@link Dialogues}, whose padding does not count as tokens. Prints a line of JSON: the median
 * step's tokens per second and seconds, processor seconds per step, those in native calls (of all
 * lanes together), the process's peak memory, and with {@code --bare} which share of a dense step
 * {@link BareProducts} alone would take. {@code --recompute} is {@code
 * OnnxOptions.Builder#recomputation}. {@code bench/reference_train.py} is the same in PyTorch.
 */
public final class BenchTrain {
  private static final int WARM_UP = 3;
  private static final int RANK = 16;
  private static final int MICRO_BATCH_TOKENS = 4096;

  private static final String USAGE =
      """
      Usage: run BenchTrain [options]
        --shape NAME      tiny, small, medium, … (tiny)
        --steps N         measured (8)
        --threads N       all processors
        --dialogues FILE  GSM8K's problems, in the place of random ids
        --recompute       with recomputation
        --bare            without the loop
      """;

  private BenchTrain() {}

  /** Measures, and prints. */
  public static void main(String[] args) {
    Arguments.run(USAGE, args, given -> given, BenchTrain::start);
  }

  private static void start(String[] args) throws IOException {
    Arguments given =
        new Arguments(
            args, Set.of("shape", "steps", "threads", "dialogues"), Set.of("bare", "recompute"));
    int steps = given.integer("steps", 1, 8);
    int threads = given.integer("threads", 1, Runtime.getRuntime().availableProcessors());
    String name = given.get("shape").orElse("tiny");
    ObjectNode out = new ObjectMapper().createObjectNode();
    out.put("bench", "train").put("shape", name).put("threads", threads);
    try (Resources r = new Resources()) {
      if (given.path("dialogues").isPresent()) {
        Shape shape = Shape.of(name, Dialogues.LONGEST);
        Dialogues dialogues =
            Dialogues.read(given.path("dialogues").get(), shape.config().vocabularySize());
        GraphStepExecutor executor = executor(shape, threads, given.has("recompute"), r);
        measure(
            steps,
            step -> {
              List<EncodedExample> examples = dialogues.step(step);
              learn(executor, examples);
              return examples.stream()
                  .mapToLong(e -> e.prompt().length() + e.target().length())
                  .sum();
            },
            out);
      } else {
        Shape shape = Shape.of(name);
        GraphStepExecutor executor = executor(shape, threads, given.has("recompute"), r);
        List<EncodedExample> batch = DenseBatch.of(shape);
        long tokens = batch.stream().mapToLong(EncodedExample::inputTokens).sum();
        double seconds =
            measure(
                steps,
                step -> {
                  learn(executor, batch);
                  return tokens;
                },
                out);
        if (given.has("bare")) {
          out.put("shareOfBareProducts", BareProducts.seconds(shape, threads) / seconds);
        }
      }
    }
    System.out.println(out);
  }

  /** One optimizer step. */
  private static void learn(GraphStepExecutor executor, List<EncodedExample> examples) {
    TrainingRequest one =
        TrainingRequest.of(
            TrainingOptions.builder().batchSize(examples.size()).steps(1).build(), 1e-5);
    TrainingLoop.run(
        executor,
        examples,
        one,
        MICRO_BATCH_TOKENS,
        ProgressListener.NONE,
        TrainingCheckpoints.NONE);
  }

  /** The median step's seconds. */
  private static double measure(int steps, IntToLongFunction step, ObjectNode out) {
    List<Double> seconds = new ArrayList<>();
    List<Double> rates = new ArrayList<>();
    long warmed = 0;
    for (int i = 0; i < WARM_UP; i++) {
      warmed += step.applyAsLong(i);
    }
    out.put("warmUpTokens", warmed);
    double cpu = ProcessUse.cpuSeconds();
    long nativeNanos = NativeTime.nanos();
    for (int i = 0; i < steps; i++) {
      long before = System.nanoTime();
      long tokens = step.applyAsLong(WARM_UP + i);
      seconds.add((System.nanoTime() - before) / 1e9);
      rates.add(tokens / seconds.get(i));
    }
    double nativeSeconds = (NativeTime.nanos() - nativeNanos) / 1e9;
    double median = Comparison.median(seconds);
    out.put("tokensPerSecond", Comparison.median(rates))
        .put("stepSeconds", median)
        .put("cpuSecondsPerStep", (ProcessUse.cpuSeconds() - cpu) / steps)
        .put("nativeSecondsPerStep", nativeSeconds / steps)
        .put("peakMiB", ProcessUse.peakMebibytes());
    return median;
  }

  private static GraphStepExecutor executor(
      Shape shape, int threads, boolean recomputation, Resources r) {
    Optional<Lora> lora =
        shape.name().equalsIgnoreCase("0.5B") ? Optional.of(Lora.rank(RANK)) : Optional.empty();
    ModelTensors model = lora.map(l -> adapted(shape, l, r)).orElseGet(() -> whole(shape, r));
    AdamW adamw = new AdamW(0.9, 0.999, 1e-8, 0.01, AdamW.Decay.MATRICES, 1);
    return r.add(new GraphStepExecutor(model.recomputing(recomputation), adamw, threads));
  }

  private static ModelTensors whole(Shape shape, Resources r) {
    return ModelTensors.full(shape.config(), r.add(ParameterBlock.random(shape.config(), 1)));
  }

  private static ModelTensors adapted(Shape shape, Lora lora, Resources r) {
    ParameterLayout layout = ParameterLayout.lora(shape.config(), lora, p -> ElementType.FLOAT);
    Map<String, Tensor> frozen = new HashMap<>();
    for (Map.Entry<Parameter, ElementType> e : layout.frozen().entrySet()) {
      frozen.put(e.getKey().name(), r.add(BenchLora.random(e.getKey(), e.getValue())));
    }
    ParameterBlock adapters = r.add(ParameterBlock.zeros(layout.trained()));
    adapters.randomizeAdapters(1);
    return new ModelTensors(layout, adapters, frozen);
  }
}
