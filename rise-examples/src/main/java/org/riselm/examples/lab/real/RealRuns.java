package org.riselm.examples.lab.real;

import com.google.common.base.Splitter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.riselm.examples.Arguments;
import org.riselm.onnx.Lora;
import org.riselm.onnx.OnnxPolicy;

/** What {@code run RealModel} is asked for. */
public final class RealRuns {
  /** How it is used. */
  public static final String USAGE =
      """
      Usage: run RealModel --model DIR --run DIR [options]
        --model DIR        a chat model's folder, of SmolLM2-135M-Instruct for example
        --run DIR          where the run is kept; the same command goes on with one that was stopped
        --task quick|worked  sums in words, answered before or after they are worked out (quick)
        --steps N          of the longest sum (3)
        --train FILE       GSM8K's or SVAMP's problems instead, ...
        --test FILE        ... and those to test with
        --arm A,B,…        teacher, self, shuffled, supervised, rejection, or base, which trains
                           nothing; of several, one after the other (teacher)
        --truthful         the feedback says whether a response is correct
        --iterations K     of the arm (1)
        --scale S          standard: less than an hour on two cores; small: a third of it; tiny (standard)
        --transcripts N, --problems N, --held-out N, --training-steps N
                           other sizes than the scale's
        --rank R           of the adapters (16)
        --seed S           of everything (0)
        --seeds N          so many, from --seed on; the results of all are put together (1)
      """;

  /** The options' names. */
  public static final Set<String> OPTIONS =
      Set.of(
          "model",
          "run",
          "task",
          "steps",
          "train",
          "test",
          "arm",
          "iterations",
          "scale",
          "rank",
          "seed",
          "seeds",
          "transcripts",
          "problems",
          "held-out",
          "training-steps");

  private RealRuns() {}

  /** Runs what {@code arguments} say. */
  public static void start(Arguments arguments) throws IOException {
    RealRecipe scale =
        switch (arguments.oneOf("scale", "standard", "small", "tiny")) {
          case "small" -> RealRecipe.small();
          case "tiny" -> RealRecipe.tiny();
          default -> RealRecipe.standard();
        };
    RealRecipe recipe =
        new RealRecipe(
            arguments.integer("transcripts", 1, scale.transcripts()),
            arguments.integer("problems", 1, scale.problems()),
            arguments.integer("held-out", 1, scale.heldOut()),
            arguments.integer("training-steps", 1, scale.steps()));
    List<RealArm> arms =
        Splitter.on(',')
            .splitToStream(arguments.get("arm").orElse(RealArm.TEACHER.label()))
            .map(RealArm::of)
            .toList();
    Path runs = Path.of(arguments.require("run"));
    RealResults results = new RealResults();
    for (int i = 0; i < arguments.integer("seeds", 1, 1); i++) {
      long seed = arguments.longInteger("seed", 0) + i;
      for (RealArm arm : arms) {
        RealRun run =
            new RealRun(
                task(arguments),
                recipe,
                arm,
                arguments.has("truthful"),
                arguments.integer("iterations", 1, 1),
                seed,
                runs.resolve("seed-" + seed),
                System.out);
        try (OnnxPolicy policy = policy(arguments)) {
          results.add(run.run(policy));
        }
      }
    }
    Files.writeString(runs.resolve("turns.svg"), results.picture());
    if (results.runs() > 1) {
      System.out.println();
      System.out.print(results.table());
    }
  }

  private static OnnxPolicy policy(Arguments arguments) throws IOException {
    Lora lora = Lora.rank(arguments.integer("rank", 1, 16));
    return OnnxPolicy.builder(Path.of(arguments.require("model"))).lora(lora).build();
  }

  private static RealTask task(Arguments arguments) {
    Optional<Path> train = arguments.path("train");
    Optional<Path> test = arguments.path("test");
    if (train.isPresent() != test.isPresent()) {
      throw new IllegalArgumentException("--train and --test go together; one is missing");
    }
    if (train.isPresent()) {
      return new FileTask(train.get(), test.orElseThrow());
    }
    Sums.Form form =
        arguments.oneOf("task", "quick", "worked").equals("quick")
            ? Sums.Form.QUICK
            : Sums.Form.WORKED;
    return new GeneratedTask(form, 1, arguments.integer("steps", 1, 3));
  }
}
