package org.riselm.examples.lab.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import org.riselm.core.mdp.Problem;
import org.riselm.core.task.Gsm8k;
import org.riselm.core.task.ProblemSet;
import org.riselm.examples.Arguments;
import org.riselm.examples.lab.bench.ModelWork.Sampled;
import org.riselm.examples.lab.bench.ModelWork.Trained;

/**
 * A real model at work on GSM8K: tokens sampled per second, and trained by adapters of rank 16, in
 * any precisions and beside other libraries.
 *
 * <p>All that is measured is open at once and works in turns, round by round, so that what disturbs
 * the machine disturbs all; before the first round each works once to warm up. Samples greedily,
 * prompts counted in the time. Prints a table, and a line of JSON: of each model and batch the
 * median tokens per second and the processor's microseconds per token, the first step and the
 * median of later ones in seconds, trained tokens per second, and this process's peak memory. With
 * one precision and no peer the JSON has the numbers at its top.
 */
public final class BenchModel {
  private static final String USAGE =
      """
      Usage: run BenchModel --model DIR --gsm8k FILE [options]
        --model DIR     the chat model
        --gsm8k FILE    a JSON Lines file of GSM8K
        --bits BITS     quantizes what is frozen: none, 8 or 4, or several with commas (none)
        --peer N=CMD    another library, by a name and a command such as those of
                        bench/model_peers.py; several with semicolons (none)
        --batch N,N...  how many prompts a call has (1,16,64)
        --response N    the longest response in tokens (64)
        --rounds N      whose median counts (3)
        --train N       how many optimizer steps are measured in a round (0)
        --examples N    how many solutions a step learns (8)
        --threads N     how many threads (all)
        --cold          does not warm up: for models of which a call takes minutes
      """;

  private final List<ModelWork> models = new ArrayList<>();
  private final List<ObjectNode> results = new ArrayList<>();
  private final ProblemSet problems;
  private final int rounds;
  private final boolean cold;

  private BenchModel(ProblemSet problems, int rounds, boolean cold) {
    this.problems = problems;
    this.rounds = rounds;
    this.cold = cold;
  }

  /** Measures, and prints. */
  public static void main(String[] args) {
    Set<String> options =
        Set.of(
            "model",
            "gsm8k",
            "bits",
            "peer",
            "batch",
            "response",
            "rounds",
            "train",
            "examples",
            "threads");
    Arguments.run(USAGE, args, options, Set.of("cold"), BenchModel::start);
  }

  private static void start(Arguments given) throws IOException {
    int threads = given.integer("threads", 1, Runtime.getRuntime().availableProcessors());
    int steps = given.integer("train", 0, 0);
    int response = given.integer("response", 1, 64);
    int examples = given.integer("examples", 1, 8);
    BenchModel bench =
        new BenchModel(
            Gsm8k.load(Path.of(given.require("gsm8k"))),
            given.integer("rounds", 1, 3),
            given.has("cold"));
    try {
      for (String bits : given.get("bits").orElse("none").split(",", -1)) {
        long start = System.nanoTime();
        bench.add(new OwnModel(Path.of(given.require("model")), bits, threads));
        bench.last().put("openSeconds", (System.nanoTime() - start) / 1e9);
      }
      for (String peer : given.get("peer").map(p -> p.split(";", -1)).orElse(new String[0])) {
        bench.add(new PeerModel(peer.strip()));
      }
      for (String size : given.get("batch").orElse("1,16,64").split(",", -1)) {
        bench.sample(Integer.parseInt(size), response);
      }
      if (steps > 0) {
        bench.train(steps, examples);
      }
      bench.print(threads);
    } finally {
      bench.models.forEach(ModelWork::close);
    }
  }

  private void add(ModelWork model) {
    models.add(model);
    results.add(new ObjectMapper().createObjectNode());
  }

  private ObjectNode last() {
    return results.get(results.size() - 1);
  }

  private void print(int threads) {
    ObjectNode out = new ObjectMapper().createObjectNode();
    out.put("bench", "model").put("threads", threads);
    if (models.size() == 1) {
      out.put("bits", models.get(0).name()).setAll(results.get(0));
    } else {
      for (int i = 0; i < models.size(); i++) {
        out.set(models.get(i).name(), results.get(i));
      }
    }
    out.put("peakMiB", ProcessUse.peakMebibytes());
    System.out.println(out);
  }

  private void sample(int batch, int response) throws IOException {
    List<List<Sampled>> all = new ArrayList<>();
    models.forEach(m -> all.add(new ArrayList<>()));
    for (int round = cold ? 1 : 0; round <= rounds; round++) {
      List<Problem> some = new ArrayList<>();
      for (int i = 0; i < batch; i++) {
        some.add(problems.problems().get((round * batch + i) % problems.size()));
      }
      for (int m = 0; m < models.size(); m++) {
        Sampled done = models.get(m).sample(some, response);
        if (round > 0) {
          all.get(m).add(done);
        }
      }
    }
    for (int m = 0; m < models.size(); m++) {
      put(m, "tokensPerSecond_batch" + batch, all.get(m), s -> s.tokens() / s.seconds());
      put(m, "cpuMicrosPerToken_batch" + batch, all.get(m), s -> 1e6 * s.cpuSeconds() / s.tokens());
    }
  }

  private void train(int steps, int examples) throws IOException {
    List<Problem> some = problems.problems().subList(0, Math.min(examples, problems.size()));
    List<List<Trained>> all = new ArrayList<>();
    models.forEach(m -> all.add(new ArrayList<>()));
    for (int round = 1; round <= rounds; round++) {
      for (int m = 0; m < models.size(); m++) {
        if (!models.get(m).name().startsWith("llama")) {
          all.get(m).add(models.get(m).train(some, steps));
        }
      }
    }
    for (int m = 0; m < models.size(); m++) {
      put(m, "firstStepSeconds", all.get(m), t -> t.seconds().get(0));
      if (steps > 1) {
        put(m, "stepSeconds", all.get(m), t -> later(t.seconds()));
        put(m, "trainedTokensPerSecond", all.get(m), t -> t.tokens() / later(t.seconds()));
        put(
            m,
            "trainedCpuMicrosPerToken",
            all.get(m),
            t -> 1e6 * later(t.cpuSeconds()) / t.tokens());
      }
      put(m, "tokensPerStep", all.get(m), Trained::tokens);
    }
  }

  /** The median of all but the first. */
  private static double later(List<Double> steps) {
    return Comparison.median(steps.subList(1, steps.size()));
  }

  private <T> void put(int model, String key, List<T> rounds, ToDoubleFunction<T> number) {
    if (!rounds.isEmpty()) {
      List<Double> numbers = rounds.stream().map(number::applyAsDouble).toList();
      results.get(model).put(key, Comparison.median(numbers));
      System.out.printf(Locale.ROOT, "%-20s %-28s %s%n", models.get(model).name(), key, numbers);
    }
  }
}
