package org.riselm.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.riselm.core.mdp.Episode;
import org.riselm.core.mdp.Feedback;
import org.riselm.core.mdp.Problem;
import org.riselm.core.mdp.Reward;
import org.riselm.core.mdp.Turn;
import org.riselm.core.policy.ProgressListener;
import org.riselm.core.policy.TrainingOptions;
import org.riselm.core.relabel.Relabelers;
import org.riselm.core.rollout.EpisodeCollector;
import org.riselm.core.rollout.RolloutOptions;
import org.riselm.core.task.ProblemSet;

/** What becomes of a run when code that a user wrote calls it again, throws or closes it. */
@Timeout(60)
class UserCodeTest {
  @TempDir Path folder;

  @SuppressWarnings("unchecked")
  private static <T extends Throwable> RuntimeException sneaky(Throwable thrown) throws T {
    throw (T) thrown;
  }

  /** A failure of every kind that is recorded. */
  static Stream<Throwable> recorded() {
    return Stream.of(
        new IllegalStateException("planted"),
        new AssertionError("planted"),
        new NoClassDefFoundError("planted"),
        new ExceptionInInitializerError("planted"),
        new IOException("planted"),
        new CancellationException("planted"),
        new IllegalStateException("planted") {
          private static final long serialVersionUID = 1L;

          @Override
          public String getMessage() {
            throw new IllegalStateException("no text");
          }
        });
  }

  /** An error of every kind that ends a run. */
  static Stream<Error> fatal() {
    return Stream.of(
        new OutOfMemoryError("planted"), new InternalError("planted"), new ThreadDeath());
  }

  private static Reward reward(Throwable thrown) {
    return (problem, response) -> {
      throw UserCodeTest.<RuntimeException>sneaky(thrown);
    };
  }

  private static Feedback feedback(Throwable thrown) {
    return Feedback.of(
        "planted",
        false,
        (problem, turn) -> {
          throw UserCodeTest.<RuntimeException>sneaky(thrown);
        });
  }

  private static RiseTrainerBuilder trainer(Reward reward) {
    ProblemSet problems =
        ProblemSet.scored("planted", WordTask.problems("planted", 4).problems(), reward);
    return RiseTrainer.builder(WordTask.policy(), problems)
        .relabeler(Relabelers.reference())
        .training(TrainingOptions.builder().steps(3).build());
  }

  private static List<Episode> collected(RiseTrainerBuilder builder) {
    List<Episode> seen = new ArrayList<>();
    builder.listener(
        new RiseListener() {
          @Override
          public void episodesCollected(EpisodesCollected event) {
            seen.addAll(event.episodes());
          }
        });
    try (RiseTrainer trainer = builder.build()) {
      trainer.iterate();
    }
    return seen;
  }

  private static void assertRecorded(Throwable thrown, List<Episode> episodes) {
    for (Episode episode : episodes) {
      Turn turn = episode.turns().get(0);
      String failure = String.valueOf(turn.failure());
      String name = thrown.getClass().getSimpleName();
      assertTrue(name.isEmpty() ? !failure.isEmpty() : failure.contains(name), failure);
    }
    assertFalse(episodes.isEmpty());
  }

  @ParameterizedTest
  @MethodSource("recorded")
  void whatARewardThrowsIsRecorded(Throwable thrown) {
    assertRecorded(thrown, collected(trainer(reward(thrown))));
    assertRecorded(thrown, collectedHere(reward(thrown), Feedback.neutral("again")));
  }

  @ParameterizedTest
  @MethodSource("recorded")
  void whatFeedbackThrowsIsRecorded(Throwable thrown) {
    assertRecorded(thrown, collected(trainer((p, r) -> 0).feedback(feedback(thrown))));
    assertRecorded(thrown, collectedHere((p, r) -> 0, feedback(thrown)));
  }

  private static List<Episode> collectedHere(Reward reward, Feedback feedback) {
    RolloutOptions options = RolloutOptions.builder(reward).turns(2).feedback(feedback).build();
    return new EpisodeCollector(options)
        .collect(
            WordTask.policy(),
            WordTask.problems("here", 4).problems(),
            /* seed= */ 1,
            /* iteration= */ 1,
            ProgressListener.NONE);
  }

  @ParameterizedTest
  @MethodSource("recorded")
  void whatAReferenceSolutionThrowsKeepsTheLearnersOwn(Throwable thrown) {
    RiseTrainerBuilder builder =
        trainer((p, r) -> 1)
            .relabeler(
                Relabelers.reference(
                    problem -> {
                      throw UserCodeTest.<RuntimeException>sneaky(thrown);
                    }));
    try (RiseTrainer trainer = builder.build()) {
      IterationReport report = trainer.iterate();
      assertTrue(report.toString().contains("own (reference failed)"), report::toString);
    }
  }

  @ParameterizedTest
  @MethodSource("fatal")
  void whatTheJvmCannotDoWithoutIsNeverRecorded(Error thrown) {
    assertSame(thrown, assertThrows(Error.class, () -> collected(trainer(reward(thrown)))));
    assertSame(
        thrown,
        assertThrows(
            Error.class, () -> collected(trainer((p, r) -> 0).feedback(feedback(thrown)))));
    assertSame(
        thrown,
        assertThrows(Error.class, () -> collectedHere(reward(thrown), Feedback.neutral("again"))));
  }

  private static double overflow(Problem problem, String response) {
    return response.isEmpty() ? 0 : 1 + overflow(problem, response);
  }

  @Test
  void aRewardsStackOverflowIsRecordedWhereItHasAStackOfItsOwn() {
    assertRecorded(
        new IllegalStateException("its stack overflowed"),
        collected(trainer(UserCodeTest::overflow)));
    assertThrows(
        StackOverflowError.class,
        () -> collectedHere(UserCodeTest::overflow, Feedback.neutral("again")));
  }

  @Test
  void anInterruptedRewardStopsTheRunAndTheThreadStaysInterrupted() {
    assertThrows(
        CancellationException.class,
        () -> collectedHere(reward(new InterruptedException()), Feedback.neutral("again")));
    assertTrue(Thread.interrupted());
  }

  private static RiseListener onEpisodes(Runnable action) {
    return new RiseListener() {
      @Override
      public void episodesCollected(EpisodesCollected event) {
        action.run();
      }
    };
  }

  @Test
  void aListenerCannotNestAnIteration() throws IOException {
    List<RiseTrainer> built = new ArrayList<>();
    List<IllegalStateException> refused = new ArrayList<>();
    List<Consumer<RiseTrainer>> calls =
        List.of(RiseTrainer::iterate, trainer -> trainer.run(3), RiseTrainer::evaluate);
    RiseListener nesting =
        onEpisodes(
            () ->
                calls.forEach(
                    call ->
                        refused.add(
                            assertThrows(
                                IllegalStateException.class, () -> call.accept(built.get(0))))));
    try (RiseTrainer trainer =
        trainer((p, r) -> 0)
            .evaluateOn(WordTask.problems("held-out", 4))
            .runDirectory(folder.resolve("run"))
            .listener(nesting)
            .build()) {
      built.add(trainer);
      trainer.iterate();
      assertEquals(1, trainer.iterations());
    }
    assertEquals(calls.size(), refused.size());
    refused.forEach(e -> assertTrue(String.valueOf(e.getMessage()).contains("listener")));
    String journal = Files.readString(folder.resolve("run/journal.jsonl"));
    assertEquals(1, journal.split("\"collect\"", -1).length - 1, journal);
  }

  @Test
  void aSecondThreadIsRefusedWithTheNamesOfBoth() throws Exception {
    List<RiseTrainer> built = new ArrayList<>();
    List<Throwable> refused = new ArrayList<>();
    RiseListener other =
        onEpisodes(
            () -> {
              FutureTask<Throwable> second =
                  new FutureTask<>(
                      () ->
                          assertThrows(IllegalStateException.class, () -> built.get(0).iterate()));
              new Thread(second, "second-user").start();
              try {
                refused.add(second.get());
              } catch (Exception e) {
                refused.add(e);
              }
            });
    try (RiseTrainer trainer = trainer((p, r) -> 0).listener(other).build()) {
      built.add(trainer);
      trainer.iterate();
    }
    String said = String.valueOf(refused.get(0).getMessage());
    assertTrue(said.contains("second-user"), said);
    assertTrue(said.contains(Thread.currentThread().getName()), said);
  }

  @Test
  void aListenerThatClosesTheTrainerStopsItAndTheRunGoesOnLater() {
    List<RiseTrainer> built = new ArrayList<>();
    RiseListener closing = onEpisodes(() -> built.get(0).close());
    RiseTrainer closed =
        trainer((p, r) -> 0).runDirectory(folder.resolve("run")).listener(closing).build();
    built.add(closed);
    assertThrows(CancellationException.class, closed::iterate);
    assertFalse(Thread.interrupted(), "the interrupt was the trainer's own");
    assertThrows(IllegalStateException.class, closed::iterate);
    closed.close();
    try (RiseTrainer again = trainer((p, r) -> 0).runDirectory(folder.resolve("run")).build()) {
      again.iterate();
      assertEquals(1, again.iterations());
    }
  }

  @ParameterizedTest
  @MethodSource("recorded")
  void aListenerThatAlwaysThrowsIsMutedAfterSayingSo(Throwable thrown) {
    List<String> logged = new ArrayList<>();
    Handler handler =
        new Handler() {
          @Override
          public void publish(LogRecord entry) {
            logged.add(entry.getMessage());
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    Logger log = Logger.getLogger("org.riselm.core.RiseTrainer");
    log.addHandler(handler);
    log.setUseParentHandlers(false);
    RiseListener throwing =
        new RiseListener() {
          @Override
          public void phaseProgressed(PhaseProgressed event) {
            throw UserCodeTest.<RuntimeException>sneaky(thrown);
          }
        };
    try (RiseTrainer trainer = trainer((p, r) -> 0).listener(throwing).build()) {
      trainer.iterate();
    } finally {
      log.removeHandler(handler);
      log.setUseParentHandlers(true);
    }
    assertEquals(3, logged.size(), logged::toString);
    assertTrue(logged.get(2).contains("not logged"), logged::toString);
  }
}
