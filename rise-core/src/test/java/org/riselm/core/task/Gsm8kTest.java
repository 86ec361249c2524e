package org.riselm.core.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.riselm.core.mdp.Problem;

class Gsm8kTest {
  @TempDir Path folder;

  private Path file(String... lines) throws Exception {
    return Files.write(folder.resolve("problems.jsonl"), List.of(lines));
  }

  @Test
  void readsQuestionSolutionAndAnswer() throws Exception {
    ProblemSet set =
        Gsm8k.load(
            file(
                "{\"question\": \"How many?\", \"answer\": \"It is 1000+125=<<1000+125=1125>>1,125"
                    + " a day.\\n#### 1,125\"}"));
    Problem problem = set.problems().get(0);
    assertEquals("gsm8k-problems-1", problem.id());
    assertEquals("How many?", problem.prompt());
    assertEquals("It is 1000+125=1,125 a day.\n#### 1,125", problem.reference());
    assertEquals("1125", set.verifier().referenceAnswer(problem));
    assertTrue(set.verifier().correct(problem, "so #### 1125"));
    assertFalse(set.verifier().correct(problem, "so #### 1"));
  }

  @Test
  void aBadLineIsNamed() throws Exception {
    String good = "{\"question\": \"q\", \"answer\": \"a\\n#### 1\"}";
    for (String bad :
        List.of(
            "not json",
            "{\"question\": \"q\"}",
            "{\"question\": 3, \"answer\": \"#### 1\"}",
            "[]",
            "{\"question\": \"q\", \"answer\": \"#### none\"}")) {
      Path file = file(good, bad);
      IllegalArgumentException e =
          assertThrows(IllegalArgumentException.class, () -> Gsm8k.load(file));
      assertTrue(e.getMessage().contains("problems.jsonl, line 2"), e::getMessage);
      assertTrue(e.getMessage().contains("expected"), e::getMessage);
    }
  }

  @Test
  void aMissingOrEmptyFileIsNamed() throws Exception {
    UncheckedIOException missing =
        assertThrows(UncheckedIOException.class, () -> Gsm8k.load(folder.resolve("nowhere.jsonl")));
    assertTrue(missing.getMessage().endsWith("nowhere.jsonl: there is no such file"));
    Path empty = file();
    IllegalArgumentException none =
        assertThrows(IllegalArgumentException.class, () -> Gsm8k.load(empty));
    assertTrue(none.getMessage().contains("problems.jsonl"));
  }

  @Test
  void everyReferenceSolutionOfTheRealDataIsRight() {
    Path data = Gsm8kData.folder();
    ProblemSet train = Gsm8k.load(data.resolve("train.jsonl"));
    ProblemSet test = Gsm8k.load(data.resolve("test.jsonl"));
    // GSM8K has 7,473 training and 1,319 test problems.
    assertEquals(7473, train.size());
    assertEquals(1319, test.requireDisjointFrom(train).size());
    for (Problem p : Stream.concat(train.problems().stream(), test.problems().stream()).toList()) {
      assertTrue(test.verifier().correct(p, p.reference()), () -> p.id() + ": " + p.reference());
      assertFalse(p.reference().contains("<<"), p::id);
      // The gold number, read without the verifier.
      String gold = p.reference().substring(p.reference().lastIndexOf("####") + 4).strip();
      assertEquals(gold.replace(",", ""), test.verifier().referenceAnswer(p), p::id);
    }
  }
}
