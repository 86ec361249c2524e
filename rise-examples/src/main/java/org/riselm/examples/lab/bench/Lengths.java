package org.riselm.examples.lab.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.LongSupplier;
import org.riselm.core.internal.util.InputFiles;
import org.riselm.core.policy.SamplingOptions;
import org.riselm.onnx.internal.generate.Prompt;

/**
 * Prompts, each with the length of its answer.
 *
 * @param prompts whose own limit is that length
 */
record Lengths(List<Prompt> prompts) {
  /** Room for all but the longest. */
  static final int CONTEXT = 512;

  private static final int PROMPTS = 192;
  private static final int CHARACTERS_PER_TOKEN = 4;

  /** Questions and solutions of a GSM8K file, spread over it. */
  static Lengths ofFile(Path gsm8k, Shape shape) throws IOException {
    List<String> lines = InputFiles.lines(gsm8k);
    SplittableRandom random = new SplittableRandom(5);
    List<Prompt> prompts = new ArrayList<>();
    for (int i = 0; i < PROMPTS; i++) {
      JsonNode line =
          new ObjectMapper().readTree(lines.get((int) ((long) i * lines.size() / PROMPTS)));
      int question = tokens(line.path("question"));
      int solution = Math.min(tokens(line.path("answer")), CONTEXT / 2);
      int[] ids =
          random
              .ints(Math.min(question, CONTEXT / 2), 0, shape.config().vocabularySize())
              .toArray();
      prompts.add(Prompt.of(ids, i).withMaxNewTokens(solution));
    }
    return new Lengths(prompts);
  }

  private static int tokens(JsonNode text) {
    return 1 + text.asText().length() / CHARACTERS_PER_TOKEN;
  }

  /** All in one call, and in static batches; only tokens within the lengths count. */
  Map<String, LongSupplier> compared(Sampled sampled, int batch) {
    SamplingOptions all = SamplingOptions.ofMaxNewTokens(CONTEXT);
    Map<String, LongSupplier> ways = new LinkedHashMap<>();
    ways.put("continuous", () -> sampled.tokens(prompts, all));
    ways.put(
        "static",
        () -> {
          for (int i = 0; i < prompts.size(); i += batch) {
            List<Prompt> some = prompts.subList(i, Math.min(i + batch, prompts.size()));
            int longest = some.stream().mapToInt(Prompt::maxNewTokens).max().orElseThrow();
            sampled.tokens(some.stream().map(p -> p.withMaxNewTokens(longest)).toList(), all);
          }
          return prompts.stream().mapToLong(Prompt::maxNewTokens).sum();
        });
    return ways;
  }

  /** As many samples of the first prompt, all prompts in one call, and a call each. */
  static Map<String, LongSupplier> bestOf(
      Sampled sampled, List<Prompt> prompts, SamplingOptions sampling) {
    List<Prompt> same =
        prompts.stream().map(p -> new Prompt(prompts.get(0).ids(), p.seed())).toList();
    Map<String, LongSupplier> ways = new LinkedHashMap<>();
    ways.put("shared", () -> sampled.tokens(same, sampling));
    ways.put("separate", () -> sampled.tokens(prompts, sampling));
    ways.put(
        "calls", () -> prompts.stream().mapToLong(p -> sampled.tokens(List.of(p), sampling)).sum());
    return ways;
  }
}
