package org.riselm.examples.lab.bench;

import static org.riselm.core.policy.ProgressListener.NONE;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.riselm.core.evaluation.EvaluationOptions;
import org.riselm.core.evaluation.Evaluator;
import org.riselm.core.internal.util.ProcessMemory;
import org.riselm.core.mdp.Example;
import org.riselm.core.mdp.Feedback;
import org.riselm.core.policy.ProgressListener;
import org.riselm.core.task.ProblemSet;
import org.riselm.examples.Arguments;
import org.riselm.examples.Quickstart;
import org.riselm.examples.lab.toy.Exercise;
import org.riselm.examples.lab.toy.ToyExercise;
import org.riselm.examples.lab.toy.ToyModel;
import org.riselm.onnx.OnnxPolicy;
import org.riselm.onnx.internal.runtime.NativeMemory;

/**
 * Whether memory grows: rounds of training, generation and evaluation, with the resident memory and
 * the open native objects after each. The heap should be of one size, and touched, or its growth is
 * what is measured:
 *
 * <pre>RISE_JAVA_OPTS="-Xms256m -Xmx256m -XX:+AlwaysPreTouch" run Soak [steps] [warm-up steps]
 * </pre>
 *
 * <p>Ends with a line of JSON, and with exit code 1 if the memory grew by 2 % or more after the
 * warm-up, or a native object was left open.
 */
public final class Soak {
  private static final int STEPS_PER_ROUND = 20;
  private static final double MOST_GROWTH = 0.02;
  private static final int COMPARED = 5;

  private static final String USAGE =
      """
      Usage: run Soak [steps (500)] [steps of warm-up (400)]
      """;

  private Soak() {}

  /**
   * What a round left.
   *
   * @param residentBytes of the process
   * @param openObjects native ones
   * @param openBytes in tensors
   */
  record Round(long residentBytes, long openObjects, long openBytes) {}

  /** Measures, and prints. */
  public static void main(String[] args) {
    Arguments.run(USAGE, args, given -> given, Soak::start);
  }

  private static void start(String[] args) throws IOException {
    Arguments.requireCount(args, 0, 2, "at most steps, and steps of warm-up");
    int steps = Arguments.wholeNumber(args, 0, "the number of steps", 500);
    int warmUp = Arguments.wholeNumber(args, 1, "the number of steps of warm-up", 400);
    long objectsBefore = NativeMemory.openObjects();
    Path folder = Files.createTempDirectory("rise-soak-");
    List<Round> rounds = run(folder, (warmUp + steps) / STEPS_PER_ROUND, STEPS_PER_ROUND);
    for (int r = 0; r < rounds.size(); r++) {
      System.out.printf(
          "round %d: %.1f MiB resident, %d objects%n",
          r + 1, rounds.get(r).residentBytes() / 1048576.0, rounds.get(r).openObjects());
    }
    List<Round> measured = rounds.subList(warmUp / STEPS_PER_ROUND - 1, rounds.size());
    double first = mean(measured.subList(0, COMPARED));
    double last = mean(measured.subList(measured.size() - COMPARED, measured.size()));
    long leftOpen = NativeMemory.openObjects() - objectsBefore;
    double growth = last / first - 1;
    ObjectNode out = new ObjectMapper().createObjectNode();
    out.put("bench", "soak").put("steps", steps).put("warmUpSteps", warmUp);
    out.put("residentMiBAfterWarmUp", first / 1048576).put("residentMiBAtEnd", last / 1048576);
    System.out.println(out.put("growth", growth).put("objectsLeftOpen", leftOpen));
    if (growth >= MOST_GROWTH || leftOpen != 0) {
      throw new IllegalStateException("memory grows, or objects are left open");
    }
  }

  private static double mean(List<Round> rounds) {
    return rounds.stream().mapToLong(Round::residentBytes).average().orElseThrow();
  }

  /** Rounds of so many steps on a toy model whose files go to {@code folder}. */
  static List<Round> run(Path folder, int count, int steps) throws IOException {
    Exercise exercise = new ToyExercise();
    ProblemSet heldOut = new ProblemSet("held-out", exercise.heldOut(1, 32), Quickstart.VERIFIER);
    EvaluationOptions options =
        EvaluationOptions.builder()
            .turns(2)
            .samplesPerProblem(2)
            .sampling(exercise.sampling())
            .feedback(Feedback.neutral(exercise.feedback()))
            .build();
    List<Example> examples = exercise.corpus(2, 320);
    List<Round> rounds = new ArrayList<>();
    try (OnnxPolicy policy = ToyModel.create(exercise, folder, 3)) {
      for (int round = 1; round <= count; round++) {
        policy.train(examples, exercise.standard().iteration(steps, round), ProgressListener.NONE);
        new Evaluator(heldOut, options).evaluate(policy, round, NONE);
        rounds.add(
            new Round(
                ProcessMemory.residentBytes(),
                NativeMemory.openObjects(),
                NativeMemory.openBytes()));
      }
    }
    return rounds;
  }
}
