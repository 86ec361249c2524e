package org.riselm.examples;

import com.google.common.collect.Sets;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.riselm.core.ConsoleProgress;
import org.riselm.core.policy.TrainingRequest;
import org.riselm.core.policy.TrainingSummary;
import org.riselm.onnx.artifact.ArtifactTrainer;
import org.riselm.onnx.artifact.Checkpoint;
import org.riselm.onnx.artifact.DecoderParameter;
import org.riselm.onnx.artifact.OnnxDecoder;
import org.riselm.onnx.artifact.TrainingArtifacts;
import org.riselm.onnx.text.Conversation;
import org.riselm.onnx.text.PromptFormat;
import org.riselm.onnx.text.Tokenizer;

/**
 * Trains a decoder in ONNX, whoever exported it, on conversations: makes training artifacts of it,
 * steps on them, and writes them beside the decoder with its new weights.
 */
public final class TrainDecoder {
  private static final String USAGE =
      """
      Usage: run TrainDecoder DECODER EXAMPLES --out DIR [options]
        DECODER            an ONNX file: token ids in, logits out, in fp32
        EXAMPLES           a file with a line for every conversation:
                           {"messages": [{"role": "user", "content": "..."}, ...], "weight": 1.0}
        --out DIR          a new or empty folder: the training artifacts go to DIR/artifacts, the
                           decoder with its new weights to DIR/model
        --tokenizer DIR    the folder of tokenizer.json and the chat template (the decoder's own)
        --freeze PATTERN   leaves out weights whose names the regular expression finds
        --epochs N         passes over the conversations (2)
        --steps N          optimizer steps, instead of whole passes
        --batch N          responses per optimizer step (16)
        --tokens N         tokens that go through the decoder at once (4096)
        --learning-rate R  the peak (1e-5)
        --seed S           of the order of the responses (0)
        --threads N        that ONNX Runtime uses (every processor)
      """;
  private static final Set<String> OPTIONS =
      Sets.union(
          TrainingArguments.NAMES, Set.of("out", "tokenizer", "freeze", "tokens", "threads"));

  private TrainDecoder() {}

  /** What the arguments say. */
  private record Plan(
      Path decoder,
      Path examples,
      Path out,
      Path tokenizer,
      Optional<Pattern> freeze,
      int tokens,
      int threads,
      TrainingRequest training) {
    static Plan of(String[] args) {
      if (args.length < 2 || args[0].startsWith("--") || args[1].startsWith("--")) {
        throw new IllegalArgumentException("a decoder and a file of examples are needed first");
      }
      Arguments options =
          new Arguments(Arrays.copyOfRange(args, 2, args.length), OPTIONS, Set.of());
      Path decoder = Path.of(args[0]);
      return new Plan(
          decoder,
          Path.of(args[1]),
          options.path("out").orElseThrow(() -> new IllegalArgumentException("--out is needed")),
          options.path("tokenizer").orElse(decoder.resolveSibling("")),
          options.get("freeze").map(Plan::pattern),
          options.integer("tokens", 1, 4096),
          options.integer("threads", 1, Runtime.getRuntime().availableProcessors()),
          TrainingArguments.of(options, 1e-5));
    }

    private static Pattern pattern(String text) {
      try {
        return Pattern.compile(text);
      } catch (PatternSyntaxException e) {
        throw new IllegalArgumentException("--freeze: " + e.getMessage(), e);
      }
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
    OnnxDecoder decoder = OnnxDecoder.open(plan.decoder());
    if (plan.freeze().isPresent()) {
      Pattern pattern = plan.freeze().get();
      decoder = decoder.frozen(name -> pattern.matcher(name).find());
    }
    show(decoder, out);
    List<Conversation> conversations = Conversation.readLines(plan.examples());
    PromptFormat format = PromptFormat.read(plan.tokenizer());
    Path tokenizerJson = plan.tokenizer().resolve("tokenizer.json");
    if (!Files.isRegularFile(tokenizerJson)) {
      throw new IOException(
          tokenizerJson + ": there is no such file; name its folder with --tokenizer");
    }
    Path artifacts = plan.out().resolve("artifacts");
    decoder.writeArtifacts(artifacts, plan.training().options());
    try (Tokenizer tokenizer = Tokenizer.load(tokenizerJson);
        ArtifactTrainer trainer =
            ArtifactTrainer.open(artifacts, decoder.artifactInputs(), plan.threads())) {
      TrainingSummary summary =
          trainer.train(
              conversations,
              format,
              tokenizer,
              plan.training(),
              plan.tokens(),
              new ConsoleProgress(out, "").training("training"));
      out.println(TrainingArguments.describe(summary));
    }
    Path model = plan.out().resolve("model");
    decoder.write(model, Checkpoint.read(artifacts.resolve(TrainingArtifacts.CHECKPOINT)));
    out.printf("artifacts written to %s, the decoder to %s%n", artifacts, model);
  }

  private static void show(OnnxDecoder decoder, PrintStream out) {
    long trained = 0;
    for (DecoderParameter p : decoder.parameters()) {
      if (p.role() == DecoderParameter.Role.TRAINED) {
        trained += p.elements();
        if (!p.why().isEmpty()) {
          out.printf("%s%s: %s%n", p.name(), p.shape(), p.why());
        }
      } else if (p.elements() > 1) {
        out.printf("not trained: %s%s, %s%n", p.name(), p.shape(), p.why());
      }
    }
    out.printf(Locale.ROOT, "%,d trained numbers%n", trained);
  }
}
