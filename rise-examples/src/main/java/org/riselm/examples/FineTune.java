package org.riselm.examples;

import com.google.common.collect.Sets;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.riselm.core.ConsoleProgress;
import org.riselm.core.policy.ProgressListener;
import org.riselm.core.policy.TrainingRequest;
import org.riselm.core.policy.TrainingSummary;
import org.riselm.onnx.Lora;
import org.riselm.onnx.OnnxOptions;
import org.riselm.onnx.OnnxPolicy;
import org.riselm.onnx.OnnxPolicyBuilder;
import org.riselm.onnx.text.Conversation;

/**
 * Trains a model on conversations and writes it as a Hugging Face folder: the responses of every
 * conversation are learned, each in the context of what stands before it.
 */
public final class FineTune {
  private static final String USAGE =
      """
      Usage: run FineTune MODEL EXAMPLES --out DIR [options]
        MODEL              a Hugging Face folder with a chat template, or with a prompt_format.json
        EXAMPLES           a file with a line for every conversation:
                           {"messages": [{"role": "user", "content": "..."}, ...], "weight": 1.0}
        --out DIR          where the trained model goes; a new or empty folder
        --lora RANK        trains adapters of this rank, and merges them into what is written
        --adapters DIR     with --lora: writes the adapters too, as PEFT has them
        --epochs N         passes over the conversations (2)
        --steps N          optimizer steps, instead of whole passes
        --batch N          responses per optimizer step (16)
        --learning-rate R  the peak (1e-5, with --lora 2e-4)
        --seed S           of the order of the responses and of fresh adapters (0)
        --threads N        that ONNX Runtime uses (every processor)
      """;
  private static final Set<String> OPTIONS =
      Sets.union(TrainingArguments.NAMES, Set.of("out", "lora", "adapters", "threads"));

  private FineTune() {}

  /**
   * What the arguments say.
   *
   * @param lora the adapters' rank, 0 for none
   * @param adapters where they go, too
   */
  private record Plan(
      Path model,
      Path examples,
      Path out,
      int lora,
      Optional<Path> adapters,
      OnnxOptions machine,
      TrainingRequest training) {
    static Plan of(String[] args) {
      if (args.length < 2 || args[0].startsWith("--") || args[1].startsWith("--")) {
        throw new IllegalArgumentException(
            "a model folder and a file of examples are needed first");
      }
      Arguments options =
          new Arguments(Arrays.copyOfRange(args, 2, args.length), OPTIONS, Set.of());
      int lora = options.has("lora") ? options.integer("lora", 1, 1) : 0;
      if (options.has("adapters") && lora == 0) {
        throw new IllegalArgumentException("--adapters needs --lora");
      }
      OnnxOptions machine = OnnxOptions.ofDefaults();
      return new Plan(
          Path.of(args[0]),
          Path.of(args[1]),
          options.path("out").orElseThrow(() -> new IllegalArgumentException("--out is needed")),
          lora,
          options.path("adapters"),
          machine.toBuilder().threads(options.integer("threads", 1, machine.threads())).build(),
          TrainingArguments.of(options, lora > 0 ? 2e-4 : 1e-5));
    }
  }

  /** Trains as {@code args} say; ends with 2 if they cannot be read, with 1 if training fails. */
  public static void main(String[] args) {
    Arguments.run(USAGE, args, Plan::of, plan -> train(plan, System.out));
  }

  static int run(String[] args, PrintStream out, PrintStream err) {
    return Arguments.status(USAGE, args, Plan::of, plan -> train(plan, out), out, err);
  }

  private static void train(Plan plan, PrintStream out) throws IOException {
    TrainingArguments.requireNew(plan.out());
    if (plan.adapters().isPresent()) {
      TrainingArguments.requireNew(plan.adapters().get());
    }
    List<Conversation> conversations = Conversation.readLines(plan.examples());
    OnnxPolicyBuilder builder =
        OnnxPolicy.builder(plan.model()).options(plan.machine()).seed(plan.training().seed());
    if (plan.lora() > 0) {
      builder.lora(Lora.rank(plan.lora()));
    }
    try (OnnxPolicy policy = builder.build()) {
      out.printf(
          Locale.ROOT,
          "%,d conversations, %,d trained numbers%n",
          conversations.size(),
          policy.parameterCount());
      ProgressListener progress = new ConsoleProgress(out, "").training("training");
      TrainingSummary summary = policy.fineTune(conversations, plan.training(), progress);
      out.println(TrainingArguments.describe(summary));
      policy.export(plan.out());
      out.println("written to " + plan.out());
      if (plan.adapters().isPresent()) {
        policy.save(plan.adapters().get());
        out.println("adapters written to " + plan.adapters().get());
      }
    }
  }
}
