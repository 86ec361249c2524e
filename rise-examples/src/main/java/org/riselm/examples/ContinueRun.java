package org.riselm.examples;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import org.riselm.core.ConsoleProgress;
import org.riselm.core.RiseTrainer;
import org.riselm.core.policy.SamplingOptions;
import org.riselm.core.relabel.Relabelers;
import org.riselm.core.task.Arithmetic;
import org.riselm.onnx.Lora;
import org.riselm.onnx.OnnxPolicy;

/**
 * A run that survives its process. Stop it when you like and start the same command again: it goes
 * on where it was, and ends with the same parameters. More iterations continue a finished run.
 */
public final class ContinueRun {
  private static final String USAGE =
      """
      Usage: run ContinueRun --model DIR --run DIR [options]
        --model DIR         the chat model to train
        --run DIR           where the run is kept; report.html is there, too
        --iterations K      how many iterations the run has in the end (3)
        --problems N        how many to learn from (32)
        --max-new-tokens N  the longest response (256)
      """;

  private ContinueRun() {}

  private static void run(Arguments arguments) throws IOException {
    int problems = arguments.integer("problems", 1, 32);
    Path model = Path.of(arguments.require("model"));
    try (OnnxPolicy policy = OnnxPolicy.builder(model).lora(Lora.rank(8)).build();
        RiseTrainer trainer =
            RiseTrainer.builder(policy, Arithmetic.generate(1, problems, 2))
                .relabeler(Relabelers.reference())
                .turns(2)
                .sampling(
                    SamplingOptions.ofMaxNewTokens(arguments.integer("max-new-tokens", 1, 256)))
                .runDirectory(Path.of(arguments.require("run")))
                .listener(new ConsoleProgress(System.out, ""))
                .build()) {
      System.out.printf("%d iterations are done%n", trainer.iterations());
      trainer.run(arguments.integer("iterations", 1, 3));
      System.out.println(trainer.reports().get(trainer.reports().size() - 1));
    }
  }

  /** Runs with the options in {@code args}. */
  public static void main(String[] args) {
    Set<String> options = Set.of("model", "run", "iterations", "problems", "max-new-tokens");
    Arguments.run(USAGE, args, options, Set.of(), ContinueRun::run);
  }
}
