package org.riselm.onnx;

import com.google.common.util.concurrent.Uninterruptibles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.riselm.core.RiseListener;
import org.riselm.core.RiseTrainer;
import org.riselm.core.mdp.Feedback;
import org.riselm.core.mdp.Problem;
import org.riselm.core.policy.SamplingOptions;
import org.riselm.core.policy.TrainingOptions;
import org.riselm.core.relabel.Relabelers;
import org.riselm.core.run.RunOptions;
import org.riselm.core.task.ProblemSet;

/**
 * A run in a JVM of its own, which a test stops by a signal: one iteration on a run directory. Says
 * on its output which phase began, and when the run is done.
 */
public final class StoppableRun {
  private StoppableRun() {}

  /**
   * Runs.
   *
   * @param arguments the run directory; a model's folder, or "tiny" for the model of a dozen words;
   *     and what a listener does in the middle of a training: "exit" ends the JVM, "dawdle" says
   *     "busy", takes a second, and leaves a file "left" beside the run
   */
  public static void main(String[] arguments) throws IOException {
    Path run = Path.of(arguments[0]);
    String then = arguments.length > 2 ? arguments[2] : "";
    RiseListener phases =
        new RiseListener() {
          @Override
          public void phaseStarted(PhaseStarted event) {
            System.out.println(event.phase());
          }

          @Override
          public void stepped(Stepped event) {
            if (event.step().number() == 2) {
              switch (then) {
                case "exit" -> System.exit(3);
                case "dawdle" -> dawdle(run.resolveSibling("left"));
                default -> {}
              }
            }
          }
        };
    try (OnnxPolicy policy = policy(arguments[1], run);
        RiseTrainer trainer = trainer(policy, run, phases, arguments[1].equals("tiny"))) {
      System.out.println("open");
      if (trainer.iterations() == 0) {
        trainer.iterate();
      }
      System.out.println("done");
    }
  }

  private static void dawdle(Path left) {
    System.out.println("busy");
    Uninterruptibles.sleepUninterruptibly(Duration.ofSeconds(1));
    try {
      Files.createFile(left);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static OnnxPolicy policy(String model, Path run) throws IOException {
    return model.equals("tiny")
        ? TinyModel.policy(run.toAbsolutePath().getParent(), 2)
        : OnnxPolicy.builder(Path.of(model)).lora(Lora.rank(4)).build();
  }

  private static RiseTrainer trainer(
      OnnxPolicy policy, Path run, RiseListener listener, boolean tiny) {
    List<String> prompts = List.of("sky", "grass", "rose", "fog");
    List<Problem> problems =
        IntStream.range(0, tiny ? 60 : 2)
            .mapToObj(i -> Problem.of("p" + i, prompts.get(i % 4), "blue"))
            .toList();
    return RiseTrainer.builder(
            policy,
            ProblemSet.scored("colors", problems, (p, r) -> r.contains(p.reference()) ? 1 : 0))
        .relabeler(Relabelers.reference())
        .feedback(Feedback.neutral("try again"))
        .sampling(SamplingOptions.ofMaxNewTokens(tiny ? 8 : 40))
        .training(
            TrainingOptions.builder()
                .learningRate(1e-3)
                .batchSize(tiny ? 40 : 4)
                .steps(tiny ? 80 : 20)
                .build())
        .listener(listener)
        .runDirectory(run)
        .runOptions(RunOptions.builder().checkpointInterval(Duration.ofSeconds(1)).build())
        .build();
  }
}
