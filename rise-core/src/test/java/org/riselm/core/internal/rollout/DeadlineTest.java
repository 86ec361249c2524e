package org.riselm.core.internal.rollout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.riselm.core.IterationReport;
import org.riselm.core.RiseListener;
import org.riselm.core.RiseTrainer;
import org.riselm.core.WordTask;
import org.riselm.core.mdp.Episode;
import org.riselm.core.mdp.Feedback;
import org.riselm.core.mdp.Problem;
import org.riselm.core.mdp.Turn;
import org.riselm.core.mdp.Verifier;
import org.riselm.core.policy.TrainingOptions;
import org.riselm.core.relabel.Relabelers;
import org.riselm.core.run.RunOptions;
import org.riselm.core.task.ProblemSet;

@Timeout(30)
class DeadlineTest {
  private static final Duration SHORT = Duration.ofMillis(200);

  /** Hangs until it is released, and heeds no interrupt. */
  private static final class Hang implements AutoCloseable {
    private final AtomicBoolean released = new AtomicBoolean();

    String forever() {
      while (!released.get()) {
        LockSupport.parkNanos(1_000_000);
      }
      throw new IllegalStateException("released");
    }

    @Override
    public void close() {
      released.set(true);
    }
  }

  @Test
  void whatIsDoneInTimeIsGivenBackAndWhatThrowsThrows() {
    Deadline deadline = Deadline.of(Duration.ofSeconds(20));
    assertEquals("done", deadline.call(() -> "done"));
    IllegalArgumentException thrown = new IllegalArgumentException("no");
    assertSame(
        thrown,
        assertThrows(
            IllegalArgumentException.class,
            () ->
                deadline.call(
                    () -> {
                      throw thrown;
                    })));
    Thread first = deadline.call(Thread::currentThread);
    assertSame(first, deadline.call(Thread::currentThread), "calls share a thread");
  }

  @Test
  void aCallThatCannotBeInterruptedIsLeftBehind() {
    Deadline deadline = Deadline.of(SHORT);
    try (Hang hang = new Hang()) {
      Thread before = deadline.call(Thread::currentThread);
      for (int i = 0; i < 3; i++) {
        IllegalStateException e =
            assertThrows(IllegalStateException.class, () -> deadline.call(hang::forever));
        assertTrue(e.getMessage().contains("PT0.2S"), e::getMessage);
        assertNotSame(before, deadline.call(Thread::currentThread));
      }
    }
  }

  @Test
  void aCallThatCanBeInterruptedIs() throws Exception {
    CountDownLatch interrupted = new CountDownLatch(1);
    assertThrows(
        IllegalStateException.class,
        () ->
            Deadline.of(SHORT)
                .call(
                    () -> {
                      try {
                        Thread.sleep(60_000);
                      } catch (InterruptedException e) {
                        interrupted.countDown();
                      }
                      return "late";
                    }));
    interrupted.await();
  }

  @Test
  void anInterruptedCallerStopsWaiting() {
    try (Hang hang = new Hang()) {
      Thread.currentThread().interrupt();
      assertThrows(
          CancellationException.class, () -> Deadline.of(Duration.ofHours(1)).call(hang::forever));
      assertTrue(Thread.interrupted());
    }
  }

  @Test
  void aStackThatOverflowsIsAFailureLikeAnother() {
    String longText = "ab".repeat(200_000);
    Deadline deadline = Deadline.of(Duration.ofSeconds(20));
    IllegalStateException e =
        assertThrows(
            IllegalStateException.class, () -> deadline.call(() -> longText.matches("(a|b)*c")));
    assertTrue(e.getMessage().contains("stack"), e::getMessage);
  }

  @Test
  void aHangingVerifierCostsItsTurnsAndNotTheRun() {
    ProblemSet words = WordTask.problems("train", 12);
    try (Hang hang = new Hang()) {
      List<Episode> episodes =
          run(
              hangingOn(words.problems().get(3), hang, words),
              Feedback.truthful(),
              /* unusableReferences= */ 4);
      for (Episode episode : episodes) {
        for (Turn turn : episode.turns()) {
          boolean hung = episode.problem().id().equals("train-3");
          assertEquals(hung, turn.failure() != null, episode::toString);
          if (hung) {
            assertEquals(
                "reward: java.lang.IllegalStateException: not done after PT0.2S; abandoned",
                turn.failure());
            assertEquals(0, turn.reward());
          }
        }
      }
    }
  }

  @Test
  void aHangingFeedbackEndsItsEpisodeAndNotTheRun() {
    ProblemSet words = WordTask.problems("train", 12);
    try (Hang hang = new Hang()) {
      Feedback hanging =
          new Feedback() {
            @Override
            public String after(Problem problem, Turn turn) {
              return problem.id().equals("train-3") ? hang.forever() : "Again.";
            }

            @Override
            public boolean revealsOutcome() {
              return false;
            }
          };
      Episode cut =
          run(words, hanging, /* unusableReferences= */ 2).stream()
              .filter(e -> e.problem().id().equals("train-3"))
              .findFirst()
              .orElseThrow();
      assertEquals(Episode.EndReason.TRUNCATED, cut.endReason());
      assertTrue(cut.turns().get(0).failure().startsWith("feedback: "), cut::toString);
    }
  }

  private static ProblemSet hangingOn(Problem problem, Hang hang, ProblemSet set) {
    return new ProblemSet(
        set.name(),
        set.problems(),
        new Verifier() {
          @Override
          public Optional<String> answer(String response) {
            return WordTask.VERIFIER.answer(response);
          }

          @Override
          public boolean equivalent(String answer, String other) {
            return WordTask.VERIFIER.equivalent(answer, other);
          }

          @Override
          public String referenceAnswer(Problem asked) {
            return asked.equals(problem) ? hang.forever() : asked.reference();
          }
        });
  }

  /** One iteration of two turns: its episodes, whose failures its report counts. */
  private static List<Episode> run(ProblemSet problems, Feedback feedback, int unusableReferences) {
    Episode[][] collected = new Episode[1][];
    RiseTrainer trainer =
        RiseTrainer.builder(WordTask.policy(), problems)
            .relabeler(Relabelers.reference(p -> p.id().equals("train-5") ? late() : p.reference()))
            .feedback(feedback)
            .training(TrainingOptions.builder().learningRate(1).steps(2).build())
            .runOptions(RunOptions.builder().callDeadline(SHORT).build())
            .listener(
                new RiseListener() {
                  @Override
                  public void episodesCollected(EpisodesCollected event) {
                    collected[0] = event.episodes().toArray(new Episode[0]);
                  }
                })
            .build();
    IterationReport report = trainer.iterate();
    List<Episode> episodes = List.of(collected[0]);
    long failed =
        episodes.stream().flatMap(e -> e.turns().stream()).filter(t -> t.failure() != null).count();
    assertEquals(failed, report.collected().failures());
    assertEquals(unusableReferences, report.relabeled().bySource().get("own (reference failed)"));
    return episodes;
  }

  private static String late() {
    LockSupport.parkNanos(SHORT.multipliedBy(10).toNanos());
    return "late";
  }
}
