package org.riselm.examples.lab.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.riselm.core.mdp.Problem;
import org.riselm.core.mdp.State;
import org.riselm.core.policy.Completion;
import org.riselm.core.policy.ProgressEvent.TrainingStep;
import org.riselm.core.policy.Query;
import org.riselm.core.policy.SamplingOptions;
import org.riselm.core.policy.TrainingOptions;
import org.riselm.core.policy.TrainingRequest;
import org.riselm.core.task.Gsm8k;
import org.riselm.core.task.ProblemSet;
import org.riselm.examples.Arguments;
import org.riselm.onnx.Lora;
import org.riselm.onnx.OnnxPolicy;
import org.riselm.onnx.OnnxPolicyBuilder;
import org.riselm.onnx.Precision;
import org.riselm.onnx.text.Conversation;
import org.riselm.onnx.text.Message;

/**
 * A real model at work on GSM8K: tokens sampled per second, and trained by adapters of rank 16.
 *
 * <p>Samples greedily, prompts counted in the time, after once to warm up. Prints a line of JSON:
 * the median tokens per second of each batch, how long the model takes to open, the first step and
 * the median of the later ones in seconds, trained tokens per second, and the process's peak
 * memory.
 */
public final class BenchModel {
  private static final String USAGE =
      """
      Usage: run BenchModel --model DIR --gsm8k FILE [options]
        --model DIR     the chat model
        --gsm8k FILE    a JSON Lines file of GSM8K
        --bits BITS     quantizes what is frozen: none, 8 or 4 (none)
        --batch N,N...  how many prompts a call has (1,16,64)
        --response N    the longest response in tokens (64)
        --rounds N      whose median counts (3)
        --train N       how many optimizer steps are measured (0)
        --examples N    how many solutions a step learns (8)
        --threads N     how many threads (all)
      """;

  private static final int RANK = 16;

  private BenchModel() {}

  /** Measures, and prints. */
  public static void main(String[] args) {
    Set<String> options =
        Set.of(
            "model",
            "gsm8k",
            "bits",
            "batch",
            "response",
            "rounds",
            "train",
            "examples",
            "threads");
    Arguments.run(USAGE, args, options, Set.of(), BenchModel::start);
  }

  private static void start(Arguments given) throws IOException {
    int threads = given.integer("threads", 1, Runtime.getRuntime().availableProcessors());
    int rounds = given.integer("rounds", 1, 3);
    int steps = given.integer("train", 0, 0);
    int response = given.integer("response", 1, 64);
    int examples = given.integer("examples", 1, 8);
    String bits = given.get("bits").isPresent() ? given.oneOf("bits", "none", "8", "4") : "none";
    ProblemSet problems = Gsm8k.load(Path.of(given.require("gsm8k")));
    ObjectNode out = new ObjectMapper().createObjectNode();
    out.put("bench", "model").put("bits", bits).put("threads", threads);
    OnnxPolicyBuilder builder =
        OnnxPolicy.builder(Path.of(given.require("model"))).threads(threads).lora(Lora.rank(RANK));
    bits(bits).ifPresent(builder::quantized);
    long start = System.nanoTime();
    try (OnnxPolicy policy = builder.build()) {
      out.put("openSeconds", since(start));
      for (String size : given.get("batch").orElse("1,16,64").split(",", -1)) {
        sample(policy, problems, Integer.parseInt(size), response, rounds, out);
      }
      if (steps > 0) {
        train(policy, problems, steps, examples, out);
      }
    }
    out.put("peakMiB", ProcessUse.peakMebibytes());
    System.out.println(out);
  }

  private static Optional<Precision.Bits> bits(String name) {
    return switch (name) {
      case "8" -> Optional.of(Precision.Bits.EIGHT);
      case "4" -> Optional.of(Precision.Bits.FOUR);
      default -> Optional.empty();
    };
  }

  private static void sample(
      OnnxPolicy policy, ProblemSet problems, int batch, int response, int rounds, ObjectNode out) {
    SamplingOptions greedy =
        SamplingOptions.builder().temperature(0).maxNewTokens(response).build();
    List<Double> rates = new ArrayList<>();
    for (int round = 0; round <= rounds; round++) {
      List<Query> queries = new ArrayList<>();
      for (int i = 0; i < batch; i++) {
        Problem problem = problems.problems().get((round * batch + i) % problems.size());
        queries.add(new Query(State.initial(problem), i));
      }
      long start = System.nanoTime();
      long tokens = 0;
      for (Completion c : policy.complete(queries, greedy)) {
        tokens += c.response().tokens().size();
      }
      if (round > 0) {
        rates.add(tokens / since(start));
      }
    }
    out.put("tokensPerSecond_batch" + batch, Comparison.median(rates));
  }

  private static void train(
      OnnxPolicy policy, ProblemSet problems, int steps, int examples, ObjectNode out) {
    List<Conversation> conversations = new ArrayList<>();
    for (Problem p : problems.problems().subList(0, Math.min(examples, problems.size()))) {
      List<Message> messages = List.of(Message.user(p.prompt()), Message.assistant(p.reference()));
      conversations.add(new Conversation(p.id(), messages, 1));
    }
    TrainingOptions training =
        TrainingOptions.builder().steps(steps).batchSize(conversations.size()).build();
    List<Double> ends = new ArrayList<>();
    List<Long> tokens = new ArrayList<>();
    long start = System.nanoTime();
    policy.fineTune(
        conversations,
        TrainingRequest.of(training, 2e-4),
        event -> {
          TrainingStep step = event.step();
          if (step != null) {
            ends.add(since(start));
            tokens.add(step.tokens());
          }
        });
    out.put("firstStepSeconds", ends.get(0));
    List<Double> later = new ArrayList<>();
    List<Double> rates = new ArrayList<>();
    for (int i = 1; i < ends.size(); i++) {
      later.add(ends.get(i) - ends.get(i - 1));
      rates.add(tokens.get(i) / later.get(i - 1));
    }
    if (!later.isEmpty()) {
      out.put("stepSeconds", Comparison.median(later))
          .put("trainedTokensPerSecond", Comparison.median(rates));
    }
  }

  private static double since(long start) {
    return (System.nanoTime() - start) / 1e9;
  }
}
