package org.riselm.examples.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Set;
import org.riselm.core.policy.Sampling;
import org.riselm.examples.Arguments;
import org.riselm.onnx.generate.Prompt;
import org.riselm.onnx.model.Weights;

/**
 * Sampled tokens per second on random weights, every answer of full length, at temperature 1.
 *
 * <pre>run BenchGenerate [--shape tiny] [--batch 1,16,64] [--prompt 32] [--response 128]
 *   [--top-k K] [--threads N] [--seconds 1.5]</pre>
 *
 * <p>Prints a line of JSON. Per batch: tokens per second (the median of the calls that fit into the
 * seconds, after as long a warm-up), the process's processor time per token in microseconds, the
 * share of the time outside native calls, and the bytes that Java allocates per token; and the
 * process's peak memory. {@code bench/reference.py generate} is the same in PyTorch.
 */
public final class BenchGenerate {
  private BenchGenerate() {}

  /** Measures, and prints. */
  public static void main(String[] args) {
    Arguments given =
        new Arguments(
            args,
            Set.of("shape", "batch", "prompt", "response", "top-k", "threads", "seconds"),
            Set.of());
    int prompt = given.integer("prompt", 1, 32);
    int response = given.integer("response", 1, 128);
    int threads = given.integer("threads", 1, Runtime.getRuntime().availableProcessors());
    double seconds = Double.parseDouble(given.get("seconds").orElse("1.5"));
    Shape shape = Shape.of(given.get("shape").orElse("tiny"), prompt + response);
    Sampling sampling = Sampling.ofMaxNewTokens(response).withTopK(given.integer("top-k", 0, 0));
    ObjectNode out = new ObjectMapper().createObjectNode();
    out.put("bench", "generate").put("shape", shape.name()).put("threads", threads);
    out.put("prompt", prompt).put("response", response);
    try (Weights weights = Weights.random(shape.config(), 1)) {
      for (String batch : given.get("batch").orElse("1,16,64").split(",", -1)) {
        int rows = Integer.parseInt(batch);
        try (Sampled sampled = new Sampled(shape, weights, rows, threads)) {
          List<Prompt> prompts = Sampled.prompts(shape, rows, prompt);
          Measured m = Measured.of(seconds, () -> sampled.tokens(prompts, sampling));
          m.into(out, "_batch" + rows);
        }
      }
    }
    System.out.println(out.put("peakMiB", ProcessUse.peakMebibytes()));
  }
}
