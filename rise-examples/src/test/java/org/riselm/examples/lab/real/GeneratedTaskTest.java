package org.riselm.examples.lab.real;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.riselm.core.mdp.Example;
import org.riselm.core.mdp.Problem;
import org.riselm.core.task.ProblemSet;

class GeneratedTaskTest {
  private static final Pattern STEP = Pattern.compile("(\\d+) ([+-]) (\\d+) = (\\d+)\\.");

  private static GeneratedTask task(Sums.Form form) {
    return new GeneratedTask(form, 1, 3);
  }

  @ParameterizedTest
  @EnumSource(Sums.Form.class)
  void solutionsAreCorrectAndTheSameForTheSameSeed(Sums.Form form) {
    ProblemSet problems = task(form).train(5, 300);
    assertEquals(problems.problems(), task(form).train(5, 300).problems());
    assertNotEquals(problems.problems(), task(form).train(6, 300).problems());
    for (Problem problem : problems.problems()) {
      assertEquals(1, problems.verifier().score(problem, problem.reference()), problem.toString());
      assertEquals(worked(problem.reference()), problems.verifier().referenceAnswer(problem));
    }
  }

  @Test
  void noSumIsInBothSets() {
    Set<List<String>> train = new HashSet<>();
    task(Sums.Form.QUICK).train(1, 2000).problems().forEach(p -> train.add(numbers(p)));
    for (Problem problem : task(Sums.Form.QUICK).heldOut(2, 500).problems()) {
      assertTrue(!train.contains(numbers(problem)), problem.prompt());
    }
  }

  @Test
  void aBeginnersWorkingIsTrueAndASecondTurnIsNoBetterThanAFirst() {
    GeneratedTask task = task(Sums.Form.QUICK);
    ProblemSet verifying = task.train(1, 1);
    int seconds = 0;
    int correctBefore = 0;
    int correctAfter = 0;
    for (Example example : task.transcripts(3, 3000)) {
      Problem problem = example.state().problem();
      String said = example.response().text();
      assertEquals(verifying.verifier().referenceAnswer(problem), worked(said), said);
      if (!example.state().history().isEmpty()) {
        String before = example.state().history().get(0).response().text();
        seconds++;
        correctBefore += (int) verifying.verifier().score(problem, before);
        correctAfter += (int) verifying.verifier().score(problem, said);
      }
    }
    assertEquals(0.3, seconds / 3000.0, 0.05);
    assertEquals(0, (correctAfter - correctBefore) / (double) seconds, 0.06);
  }

  /** The result of the last step, after every step was found true. */
  private static String worked(String response) {
    Matcher step = STEP.matcher(response);
    String last = "";
    while (step.find()) {
      int change = Integer.parseInt(step.group(3)) * (step.group(2).equals("+") ? 1 : -1);
      assertEquals(Integer.parseInt(step.group(4)), Integer.parseInt(step.group(1)) + change);
      assertTrue(last.isEmpty() || last.equals(step.group(1)), response);
      last = step.group(4);
    }
    return last;
  }

  private static List<String> numbers(Problem problem) {
    return Pattern.compile("\\d+|more|away")
        .matcher(problem.prompt())
        .results()
        .map(r -> r.group())
        .toList();
  }
}
