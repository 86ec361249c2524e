package org.riselm.core.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.riselm.core.mdp.Problem;
import org.riselm.core.mdp.Verifier;

class TasksTest {
  @TempDir Path folder;

  private static void assertReferencesAreRight(ProblemSet set) {
    for (Problem p : set.problems()) {
      assertTrue(set.verifier().correct(p, p.reference()), p::toString);
      assertFalse(set.verifier().correct(p, "I do not know."), p::toString);
    }
  }

  @Test
  void everyReferenceOfSvampIsRight() {
    Path file = Gsm8kData.folder().resolveSibling("svamp").resolve("SVAMP.json");
    assumeTrue(Files.isReadable(file), "skipped: there is no " + file);
    ProblemSet set = Svamp.load(file);
    assertEquals(1000, set.size()); // what its paper says
    assertReferencesAreRight(set);
    assertEquals(
        "Each pack of dvds costs 76 dollars. If there is a discount of 25 dollars on each pack."
            + " How much do you have to pay to buy each pack?",
        set.problems().get(0).prompt());
    assertTrue(set.verifier().correct(set.problems().get(0), "The answer is 51 dollars."));
  }

  @Test
  void readsProblemsInTheMannerOfMath() throws Exception {
    Path file =
        Files.write(
            folder.resolve("math.jsonl"),
            List.of(
                "{\"problem\": \"a?\", \"solution\": \"It is"
                    + " $\\\\boxed{\\\\frac{\\\\sqrt{3}}{9}}$.\", \"level\": \"Level 5\", \"type\":"
                    + " \"Algebra\"}",
                "",
                "{\"problem\": \"b?\", \"answer\": \"(1,2]\", \"unique_id\": \"b/1\", \"level\":"
                    + " 2}",
                "{\"problem\": \"c?\", \"solution\": \"Think.\", \"answer\": \"7\"}"));
    ProblemSet set = HendrycksMath.load(file, "math");
    assertEquals(
        List.of("math-1", "b/1", "math-4"), set.problems().stream().map(Problem::id).toList());
    assertEquals(Map.of("level", "Level 5", "type", "Algebra"), set.problems().get(0).metadata());
    assertEquals(Map.of("level", "2"), set.problems().get(1).metadata());
    assertEquals("Think.\n\\boxed{7}", set.problems().get(2).reference());
    assertReferencesAreRight(set);
    assertFalse(set.verifier().correct(set.problems().get(0), "\\boxed{\\frac{\\sqrt{3}}{3}}"));
    assertTrue(set.verifier().correct(set.problems().get(1), "\\boxed{1 < x \\le 2}"));
  }

  @Test
  void badLinesAreCountedAndNamed() throws Exception {
    Path file =
        Files.write(
            folder.resolve("bad.jsonl"),
            List.of(
                "{\"problem\": \"a?\", \"answer\": \"1\", \"unique_id\": \"x\"}",
                "not json",
                "{\"problem\": \"b?\", \"answer\": \"1\", \"unique_id\": \"x\"}",
                "{\"answer\": \"1\"}",
                "{\"problem\": \"c?\", \"solution\": \"no box\"}",
                "{\"problem\": \"d?\", \"answer\": 3}",
                "[1]",
                "{\"problem\": \"e?\", \"answer\": \"2\"}"));
    ProblemFile read = HendrycksMath.read(file, "m");
    assertEquals(List.of("x", "m-8"), read.kept().stream().map(Problem::id).toList());
    assertEquals(6, read.refused().size());
    List<String> expected =
        List.of(
            "line 2: not JSON",
            "line 3: the id x",
            "line 4: \"problem\" is missing",
            "line 5: the solution has no",
            "line 6: \"answer\" is 3",
            "line 7: not a JSON object");
    for (int i = 0; i < expected.size(); i++) {
      String refused = read.refused().get(i);
      assertTrue(refused.startsWith(file + ", " + expected.get(i)), refused);
      assertTrue(refused.contains("expected"), refused);
    }
    String message =
        assertThrows(IllegalArgumentException.class, () -> HendrycksMath.load(file, "m"))
            .getMessage();
    assertTrue(
        message.contains("line 2") && message.contains("2 problems kept, 6 refused"), message);
    assertEquals(2, read.good("m", new MathVerifier()).size());
  }

  @Test
  void aFileThatIsNoArrayIsNamed() throws Exception {
    for (String text : List.of("{}", "[{", "")) {
      Path file = Files.writeString(folder.resolve("svamp.json"), text);
      String message =
          assertThrows(IllegalArgumentException.class, () -> Svamp.read(file)).getMessage();
      assertTrue(message.contains("svamp.json") && message.contains("array"), message);
    }
  }

  @Test
  void arithmeticIsRightAndRepeats() {
    ProblemSet set = Arithmetic.generate(3, 500, 4);
    assertReferencesAreRight(set);
    assertEquals(set.problems(), Arithmetic.generate(3, 500, 4).problems());
    assertThrows(IllegalArgumentException.class, () -> Arithmetic.generate(3, 10_000_000, 0));
  }

  @Test
  void countdownTakesEveryRightExpression() {
    assertReferencesAreRight(Countdown.generate(5, 500, 4));
    Verifier verifier = Countdown.generate(5, 1, 3).verifier();
    Problem problem =
        new Problem("p", "?", "#### (3+5)*2", Map.of("numbers", "2 3 5 5", "target", "16"));
    for (String right :
        List.of(
            "#### (3+5)*2",
            "\\boxed{2*3+5+5}",
            "\\boxed{2 \\times (5 + 3) = 16}",
            "#### 2×(5+3)")) {
      assertTrue(verifier.correct(problem, right), right);
    }
    for (String wrong :
        List.of(
            "#### 16",
            "#### 2*8",
            "#### (3+5)*2*5/5*1",
            "#### 3*5+2",
            "#### (3+3)*2+5-1",
            "#### ",
            "#### (3+5",
            "#### 2(3+5)",
            "#### 2**3*2",
            "#### 5 5")) {
      assertFalse(verifier.correct(problem, wrong), wrong);
    }
    assertTrue(verifier.equivalent("(3+5)*2", "2*8"));
    assertFalse(verifier.equivalent("(3+5)*2", "1/0"));
  }
}
