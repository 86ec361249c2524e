package org.riselm.examples.lab.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.primitives.ImmutableIntArray;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.riselm.core.policy.SamplingOptions;
import org.riselm.examples.Arguments;
import org.riselm.onnx.internal.decoder.Parameter;
import org.riselm.onnx.internal.decoder.ParameterBlock;
import org.riselm.onnx.internal.folder.safetensors.ModelWeights;
import org.riselm.onnx.internal.generate.Prompt;

/**
 * Sampled tokens per second on random weights, at temperature 1 or greedy.
 *
 * <pre>
 * run BenchGenerate [--mode rate|best-of|lengths|turns] [--shape tiny] [--batch 1,16,64] [--prompt 32]
 *   [--response 128] [--top-k K] [--greedy] [--threads N] [--seconds 1.5] [--gsm8k FILE]
 *   [--weights FOLDER]</pre>
 *
 * <p>Prints a line of JSON, with the process's peak memory. {@code --weights}, a folder of {@link
 * RandomCheckpoint}, spares making them up. The modes:
 *
 * <ul>
 *   <li>{@code rate}: every answer of full length. Per batch, tokens per second (the median of the
 *       calls that fit into the seconds, after as long a warm-up), the process's processor time per
 *       token in microseconds, the share of the time outside native calls, and the bytes that Java
 *       allocates per token. {@code bench/reference.py generate} is the same in PyTorch. With
 *       {@code --greedy} also how the first answer begins, which {@code bench/jlama} says too.
 *   <li>{@code best-of}: as many samples as the batch from one prompt, against as many prompts in
 *       one call, and in a call each.
 *   <li>{@code lengths}: prompts and answers as long as GSM8K's questions and solutions (a quarter
 *       of their characters), one call for all, against static batches: calls of one batch, each
 *       row of which runs as long as its longest.
 *   <li>{@code turns}: conversations of three turns with 32 tokens of feedback in between, going on
 *       from what was computed for the turn before, against running every prompt whole.
 * </ul>
 */
public final class BenchGenerate {
  private static final long PREFIX_BYTES = 1 << 30;
  private static final int TOKENS_SAID = 8;

  private static final String USAGE =
      """
      Usage: run BenchGenerate [--mode rate|best-of|turns|lengths] [options]
        --shape NAME      tiny, small, medium, … (tiny)
        --batch N --prompt N --response N   rows, and tokens of each (see the documents)
        --top-k N, --greedy                 how tokens are drawn
        --threads N       all processors
        --seconds S       of each measurement (1.5)
        --gsm8k FILE      problems whose lengths --mode lengths takes
        --weights DIR     of a model in the place of random ones
      """;

  private BenchGenerate() {}

  /** Measures, and prints. */
  public static void main(String[] args) {
    Arguments.run(USAGE, args, given -> given, BenchGenerate::start);
  }

  private static void start(String[] args) throws IOException {
    Arguments given =
        new Arguments(
            args,
            Set.of(
                "mode",
                "shape",
                "batch",
                "prompt",
                "response",
                "top-k",
                "threads",
                "seconds",
                "gsm8k",
                "weights"),
            Set.of("greedy"));
    String mode = given.get("mode").orElse("rate");
    int prompt = given.integer("prompt", 1, 32);
    int response = given.integer("response", 1, 128);
    int threads = given.integer("threads", 1, Runtime.getRuntime().availableProcessors());
    double seconds = Double.parseDouble(given.get("seconds").orElse("1.5"));
    int context =
        switch (mode) {
          case "lengths" -> Lengths.CONTEXT;
          case "turns" -> prompt + Conversations.TURNS * (response + Conversations.FEEDBACK);
          default -> prompt + response;
        };
    Shape shape = Shape.of(given.get("shape").orElse("tiny"), context);
    boolean greedy = given.has("greedy");
    SamplingOptions sampling =
        greedy
            ? SamplingOptions.greedy(response)
            : SamplingOptions.ofMaxNewTokens(response).toBuilder()
                .topK(given.integer("top-k", 0, 0))
                .build();
    ObjectNode out = new ObjectMapper().createObjectNode();
    out.put("bench", "generate").put("mode", mode).put("shape", shape.name());
    out.put("threads", threads).put("prompt", prompt).put("response", response);
    try (ParameterBlock weights = weights(shape, given.path("weights"))) {
      for (String batch : given.get("batch").orElse("1,16,64").split(",", -1)) {
        int rows = Integer.parseInt(batch);
        String suffix = "_batch" + rows;
        try (Sampled sampled = new Sampled(shape, weights, rows, threads)) {
          List<Prompt> prompts = Sampled.prompts(shape, rows, prompt);
          switch (mode) {
            case "rate" -> {
              Measured.of(seconds, () -> sampled.tokens(prompts, sampling)).into(out, suffix);
              if (greedy) {
                ArrayNode said = out.putArray("tokens" + suffix);
                ImmutableIntArray.copyOf(
                        sampled.answers(prompts, sampling).get(0).tokens().toArray())
                    .stream()
                    .limit(TOKENS_SAID)
                    .forEach(said::add);
              }
            }
            case "best-of" ->
                Turns.of(seconds, Lengths.bestOf(sampled, prompts, sampling)).into(out, suffix);
            case "lengths" ->
                Turns.of(
                        seconds,
                        Lengths.ofFile(given.path("gsm8k").orElseThrow(), shape)
                            .compared(sampled, rows))
                    .into(out, suffix);
            case "turns" -> {
              try (Sampled reusing = new Sampled(shape, weights, rows, threads, PREFIX_BYTES)) {
                Conversations conversations = new Conversations(shape);
                Turns.of(seconds, conversations.compared(reusing, sampled, rows, prompt, sampling))
                    .into(out, suffix);
              }
            }
            default -> throw new IllegalArgumentException("there is no mode " + mode);
          }
        }
      }
    }
    System.out.println(out.put("peakMiB", ProcessUse.peakMebibytes()));
  }

  private static ParameterBlock weights(Shape shape, Optional<Path> folder) throws IOException {
    if (folder.isEmpty()) {
      return ParameterBlock.random(shape.config(), 1);
    }
    ParameterBlock weights = ParameterBlock.zeros(shape.config());
    try (ModelWeights file = ModelWeights.open(folder.get())) {
      for (Parameter p : weights.parameters()) {
        file.copy(p.name(), weights.tensor(p.name()));
      }
    } catch (IOException | RuntimeException e) {
      weights.close();
      throw e;
    }
    return weights;
  }
}
