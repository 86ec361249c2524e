package org.riselm.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.base.Splitter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.riselm.core.mdp.Example;
import org.riselm.core.mdp.Problem;
import org.riselm.core.mdp.Turn;
import org.riselm.core.mdp.Verifier;
import org.riselm.examples.lab.toy.ToyExercise;
import org.riselm.examples.lab.toy.ToyModel;
import org.riselm.onnx.text.EncodedTurn;
import org.riselm.onnx.text.PromptPieces;
import org.riselm.onnx.text.Tokenizer;

class QuickstartTaskTest {
  private final Verifier verifier = Quickstart.VERIFIER;

  private static String working(Quickstart.Sum sum) {
    String response = sum.response(sum.result());
    return response.substring(response.indexOf(';') + 2);
  }

  @Property
  void everyStepOfTheWorkingIsTrueAndInRange(@ForAll long seed) {
    Quickstart.Sum sum = Quickstart.Sum.draw(new SplittableRandom(seed));

    List<String> words = Splitter.on(' ').splitToList(working(sum));
    int total = Integer.parseInt(words.get(0));
    assertTrue(total >= 1 && total <= 15);
    for (int i = 1; i < words.size(); i += 4) {
      int step = Integer.parseInt(words.get(i + 1));
      total = words.get(i).equals("+") ? total + step : total - step;
      assertTrue(step >= 1 && step <= 5, working(sum));
      assertEquals("=", words.get(i + 2));
      assertEquals(Integer.toString(total), words.get(i + 3), working(sum));
      assertTrue(total >= 0 && total <= 15, working(sum));
    }
    assertEquals(total, sum.result());
    assertTrue(sum.steps().size() >= 1 && sum.steps().size() <= 4);
  }

  @Property
  void aMissIsWrongNearAndInRange(@ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Quickstart.Sum sum = Quickstart.Sum.draw(random);
    int miss = Integer.parseInt(verifier.answer(sum.attempt(0, random)).orElseThrow());

    assertNotEquals(sum.result(), miss);
    assertTrue(Math.abs(sum.result() - miss) <= 3 && miss >= 0 && miss <= 15);
  }

  @Test
  void noSumTrainsAndTests() {
    Set<String> tested = workings(Quickstart.problems("held-out", true, 1, 1500));
    Set<String> trained = workings(Quickstart.problems("train", false, 1, 5000));
    for (Example example : Quickstart.transcripts(1, 5000)) {
      trained.add(working(example.state().problem()));
    }
    Set<String> both = new HashSet<>(tested);
    both.retainAll(trained);
    assertEquals(Set.of(), both);
  }

  private static Set<String> workings(List<Problem> problems) {
    Set<String> workings = new HashSet<>();
    problems.forEach(p -> workings.add(working(p)));
    return workings;
  }

  private static String working(Problem problem) {
    return problem.reference().substring(problem.reference().indexOf(';'));
  }

  @Test
  void problemsOfASetDifferAndHaveTheirOwnIds() {
    for (List<Problem> set :
        List.of(
            Quickstart.problems("held-out", true, 7, 1000),
            Quickstart.problems("train", false, 7, 1000))) {
      assertEquals(1000, set.stream().map(Problem::prompt).distinct().count());
      assertEquals(1000, set.stream().map(Problem::id).distinct().count());
    }
  }

  @Test
  void theSameSeedGivesTheSameProblemsAndAnotherSeedOthers() {
    assertEquals(
        Quickstart.problems("train", false, 3, 50), Quickstart.problems("train", false, 3, 50));
    assertEquals(Quickstart.transcripts(3, 50), Quickstart.transcripts(3, 50));
    assertNotEquals(
        Quickstart.problems("train", false, 3, 50).get(0).prompt(),
        Quickstart.problems("train", false, 4, 50).get(0).prompt());
  }

  @Test
  void referencesAreRightByTheirOwnWorking() {
    for (Problem problem : Quickstart.problems("train", false, 5, 500)) {
      String reference = problem.reference();
      String last = reference.substring(reference.lastIndexOf(' ') + 1);
      assertEquals(last, verifier.referenceAnswer(problem));
      assertTrue(verifier.correct(problem, reference));
    }
  }

  @Test
  void theCorpusIsAsNoisyAsStated() {
    int single = 0;
    int singleRight = 0;
    int chats = 0;
    int firstRight = 0;
    int secondRight = 0;
    int repeats = 0;
    int n = 20_000;
    for (Example e : Quickstart.transcripts(11, n)) {
      Problem problem = e.state().problem();
      boolean right = verifier.correct(problem, e.response().text());
      assertEquals(1, e.weight());
      assertTrue(e.response().text().endsWith(working(problem)), "the working is always right");
      if (e.state().history().isEmpty()) {
        single++;
        singleRight += right ? 1 : 0;
      } else {
        chats++;
        Turn first = e.state().history().get(0);
        assertEquals(verifier.score(problem, first.response().text()), first.reward());
        firstRight += first.correct() ? 1 : 0;
        secondRight += right ? 1 : 0;
        repeats += first.response().text().equals(e.response().text()) ? 1 : 0;
      }
    }
    // Shares of 6000 and more: five standard errors are below 0.033.
    assertEquals(0.7, (double) single / n, 0.033);
    assertEquals(0.85, (double) singleRight / single, 0.033);
    assertEquals(0.4, (double) firstRight / chats, 0.033);
    assertEquals(0.4, (double) secondRight / chats, 0.033);
    // Stubborn, or a fresh draw that happens to agree: both right, or the same miss of 3 to 6.
    double agree = (double) repeats / chats;
    assertTrue(agree > 0.6 + 0.4 * (0.16 + 0.36 / 6) - 0.033, "agree " + agree);
    assertTrue(agree < 0.6 + 0.4 * (0.16 + 0.36 / 3) + 0.033, "agree " + agree);
  }

  @Test
  void theAnswerIsTheNumberAfterTheFirstMark() {
    assertEquals(Optional.of("10"), verifier.answer("#### 10 ; 8 + 5 = 13 - 2 = 11"));
    assertEquals(Optional.of("3"), verifier.answer("#### 3 ; #### 4"));
    assertEquals(Optional.empty(), verifier.answer("#### ; 3"));
    assertEquals(Optional.empty(), verifier.answer("8 + 5 = 13"));
    assertEquals(Optional.empty(), verifier.answer(""));
    assertFalse(verifier.correct(Quickstart.problems("train", false, 1, 1).get(0), "####"));
  }

  @Test
  void theTokenizerKnowsEveryWordAndTheContextHoldsTheLongestTurns(@TempDir Path folder)
      throws IOException {
    Path file = folder.resolve("tokenizer.json");
    ToyModel.writeTokenizer(new ToyExercise(), file);
    PromptPieces format = ToyModel.promptFormat();
    try (Tokenizer tokenizer = Tokenizer.load(file)) {
      assertEquals(55, tokenizer.vocabularySize());
      assertEquals(
          "#### 10 ; 8 + 5 = 13", tokenizer.decode(tokenizer.encode("#### 10 ; 8 + 5 = 13")));
      int longest = 0;
      int longestAnswer = 0;
      for (Example e : Quickstart.transcripts(2, 3000)) {
        EncodedTurn turn = format.turn(e.state(), e.response(), tokenizer);
        longest = Math.max(longest, turn.prompt().size());
        longestAnswer = Math.max(longestAnswer, turn.target().size());
      }
      assertTrue(longestAnswer <= 34, "answer of " + longestAnswer);
      // The attempt in the history may ramble on to the limit.
      int worst = longest - longestAnswer + 2 * 34;
      assertTrue(worst <= 112, "a turn of " + worst);
    }
  }
}
