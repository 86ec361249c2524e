package org.riselm.examples.lab.real;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.riselm.core.evaluation.Evaluation;
import org.riselm.core.mdp.Problem;
import org.riselm.core.policy.TablePolicy;
import org.riselm.core.task.Gsm8kVerifier;
import org.riselm.core.task.ProblemSet;

class RealRunTest {
  private static final String CORRECT = "#### 7";
  private static final String INCORRECT = "#### 8";

  @TempDir Path temp;

  /** Problems with one answer. */
  private static final class Sevens extends RealTask {
    private final String reference;

    Sevens(String reference) {
      this.reference = reference;
    }

    @Override
    String name() {
      return "sevens";
    }

    @Override
    int maxNewTokens() {
      return 8;
    }

    @Override
    ProblemSet train(long seed, int count) {
      return problems("train", count);
    }

    @Override
    ProblemSet heldOut(long seed, int count) {
      return problems("held-out", count);
    }

    private ProblemSet problems(String set, int count) {
      List<Problem> problems =
          IntStream.range(0, count)
              .mapToObj(i -> Problem.of(set + "-" + i, set + " case " + i, reference))
              .toList();
      return new ProblemSet(set, problems, new Gsm8kVerifier());
    }

    @Override
    List<Attempted> attempted(long seed, int count) {
      return problems("transcript", count).problems().stream().<Attempted>map(Seven::new).toList();
    }
  }

  private record Seven(Problem problem) implements RealTask.Attempted {
    @Override
    public String attempt(double p, SplittableRandom random) {
      return random.nextDouble() < p ? CORRECT : INCORRECT;
    }
  }

  private Map<String, Evaluation> run(
      RealTask task,
      RealArm arm,
      int iterations,
      long seed,
      String folder,
      ByteArrayOutputStream bytes)
      throws IOException {
    PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    Path path = temp.resolve(folder);
    return new RealRun(task, RealRecipe.tiny(), arm, false, iterations, seed, path, out)
        .run(new TablePolicy(List.of(CORRECT, INCORRECT), TablePolicy::promptAndLastAttempt));
  }

  private String run(RealTask task, RealArm arm, int iterations, String folder) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    run(task, arm, iterations, 0, folder, bytes);
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @EnumSource(RealArm.class)
  void everyArmRunsAndGoesOnWhereItWas(RealArm arm) throws IOException {
    Sevens task = new Sevens(CORRECT);
    run(task, arm, 1, "stopped");
    String goneOn = run(task, arm, 2, "stopped");
    String atOnce = run(task, arm, 2, "at once");
    assertTrue(goneOn.contains(arm.trains() ? arm.label() + " 2" : arm.label() + ": "), goneOn);
    assertEquals(lastLine(atOnce), lastLine(goneOn));
  }

  @Test
  void resultsHaveTheProblemsOfAllSeedsAndTheirBaseOnce() throws IOException {
    RealResults results = new RealResults();
    for (long seed = 0; seed < 2; seed++) {
      for (RealArm arm : List.of(RealArm.TEACHER, RealArm.SUPERVISED)) {
        results.add(
            run(new Sevens(CORRECT), arm, 1, seed, "seed-" + seed, new ByteArrayOutputStream()));
      }
    }
    assertEquals(4, results.runs());
    String table = results.table();
    assertTrue(table.contains("held-out: 12 problems"), table);
    for (String stage : List.of("boosted", "teacher 1", "supervised 1")) {
      long rows = table.lines().filter(line -> line.strip().startsWith(stage + " ")).count();
      assertEquals(1, rows, table);
      assertTrue(results.picture().contains(">" + stage + "<"), results.picture());
    }
    assertTrue(table.contains("against the first row, m1@t5"), table);
  }

  private static String lastLine(String text) {
    return text.strip().lines().reduce("", (before, line) -> line);
  }

  @Test
  void aBaseThatGetsNothingRightIsToldSoAfterTheFirstEvaluation() {
    IllegalStateException e =
        assertThrows(
            IllegalStateException.class,
            () -> run(new Sevens("#### 9"), RealArm.SELF, 1, "nothing"));
    assertTrue(e.getMessage().contains("none of 6 problems"), e.getMessage());
    assertTrue(e.getMessage().contains("easier problems or a larger model"), e.getMessage());
  }
}
