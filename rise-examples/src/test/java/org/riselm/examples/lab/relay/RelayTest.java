package org.riselm.examples.lab.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.base.Splitter;
import com.google.common.collect.Sets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.riselm.core.mdp.Example;
import org.riselm.core.mdp.HistoryWindow;
import org.riselm.core.mdp.Problem;
import org.riselm.core.mdp.Response;
import org.riselm.core.mdp.State;
import org.riselm.core.mdp.Turn;
import org.riselm.core.mdp.Verifier;
import org.riselm.examples.Quickstart;

class RelayTest {
  private static final Verifier VERIFIER = Quickstart.VERIFIER;

  @Property
  void aPromptTellsItsLedger(@ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Ledger ledger = Ledger.draw(random);
    assertEquals(ledger, RelayProblems.ledger(RelayProblems.prompt(ledger, random)));
  }

  @Property
  void workThatIsWrittenIsRead(@ForAll long seed) {
    Ledger ledger = Ledger.draw(new SplittableRandom(seed));
    Work work = Work.none(ledger);
    while (!work.isComplete(ledger)) {
      work = work.carryOn(ledger);
      assertEquals(work, Work.read(ledger, work.response(ledger, work.total())));
    }
    assertEquals(ledger.result(), work.total());
  }

  @Property
  void theTeacherGetsThereInAsManyTurnsAsTheDaysTakeAndKeepsTheResult(@ForAll long seed) {
    Problem problem = RelayProblems.train(seed, 1).get(0);
    Ledger ledger = RelayProblems.ledger(problem.prompt());
    int needed = (ledger.days() + Work.DAYS_PER_ANSWER - 1) / Work.DAYS_PER_ANSWER;
    State state = State.initial(problem);
    for (int turn = 1; turn <= needed + 2; turn++) {
      String answer = RelayTeacher.answer(state);
      assertTrue(words(answer) < RelayTask.MAX_NEW_TOKENS, answer);
      if (turn >= needed) {
        assertEquals(1, VERIFIER.score(problem, answer), answer);
      }
      Turn last = Turn.of(Response.ofText(answer), 0).withFeedback(RelayTask.FEEDBACK);
      state = HistoryWindow.latest().state(problem, List.of(last));
    }
  }

  @Test
  void theTeacherBeginsAnewWhereAnAttemptShowsNoWork() {
    Problem problem = problem(new Ledger(8, List.of(5, -2, 1, -3)));
    for (String attempt : List.of("", "Mon", "Tom has 8", "Tue - 2 = 11 #### 11")) {
      Turn turn = Turn.of(Response.ofText(attempt), 0).withFeedback(RelayTask.FEEDBACK);
      State state = HistoryWindow.latest().state(problem, List.of(turn));
      assertEquals("Mon 8 + 5 = 13 Tue - 2 = 11 Wed + 1 = 12 #### 12", RelayTeacher.answer(state));
    }
  }

  @Test
  void theTeacherBelievesWhatItCarriesOnFrom() {
    Problem problem = problem(new Ledger(8, List.of(5, -2, 1, -3)));
    String attempt = "Mon 8 + 5 = 13 Tue - 2 = 12 Wed + 1 = 13 #### 10";
    Turn turn = Turn.of(Response.ofText(attempt), 0).withFeedback(RelayTask.FEEDBACK);
    State state = HistoryWindow.latest().state(problem, List.of(turn));
    assertEquals("Thu 13 - 3 = 10 #### 10", RelayTeacher.answer(state));
  }

  private static Problem problem(Ledger ledger) {
    String prompt = RelayProblems.prompt(ledger, new SplittableRandom(0));
    return RelayProblems.problem("p", prompt, ledger);
  }

  @Property(tries = 20)
  void noNumbersThatTrainAlsoTest(@ForAll long seed) {
    Set<Ledger> train = ledgers(RelayProblems.train(seed, 200));
    assertTrue(Sets.intersection(train, ledgers(RelayProblems.heldOut(seed, 200))).isEmpty());
    for (Example example : RelayCorpus.examples(seed, 200)) {
      assertFalse(RelayProblems.ledger(example.state().problem().prompt()).heldOut());
    }
  }

  private static Set<Ledger> ledgers(List<Problem> problems) {
    Set<Ledger> ledgers = new HashSet<>();
    problems.forEach(p -> ledgers.add(RelayProblems.ledger(p.prompt())));
    return ledgers;
  }

  @Property(tries = 20)
  void everyWordIsInTheVocabularyAndFits(@ForAll long seed) {
    Set<String> vocabulary = Set.copyOf(RelayTask.vocabulary());
    for (Example example : RelayCorpus.examples(seed, 200)) {
      String prompt = example.state().problem().prompt();
      String answer = example.response().text();
      for (String word : Splitter.on(' ').split(prompt + " " + answer)) {
        assertTrue(vocabulary.contains(word), word);
      }
      // <user> prompt <asst> answer <user> feedback <asst> answer <eos>
      int feedback = words(RelayTask.FEEDBACK);
      assertTrue(words(answer) < RelayTask.MAX_NEW_TOKENS, answer);
      assertTrue(
          words(prompt) + feedback + 4 + 2 * RelayTask.MAX_NEW_TOKENS <= RelayTask.CONTEXT_LENGTH,
          prompt);
    }
  }

  private static int words(String text) {
    return Splitter.on(' ').splitToList(text).size();
  }
}
