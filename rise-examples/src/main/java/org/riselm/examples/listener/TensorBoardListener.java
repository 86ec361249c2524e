package org.riselm.examples.listener;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import org.riselm.core.RiseListener;
import org.riselm.core.evaluation.Evaluation;
import org.riselm.core.mdp.Episode;
import org.riselm.core.mdp.Turn;

/**
 * Writes a run's numbers for TensorBoard, which shows them while the run goes on: {@code
 * tensorboard --logdir FOLDER}. Losses are by optimizer step, counted through all iterations;
 * everything else is by iteration.
 *
 * <p>A run that goes on in another process writes another file to the same folder; TensorBoard puts
 * them together.
 */
public final class TensorBoardListener implements RiseListener, AutoCloseable {
  private final Clock clock;
  private final EventFile file;

  /**
   * A new file of events in {@code folder}, which is made if it is not there.
   *
   * @throws IOException naming the file, if it cannot be written
   */
  public TensorBoardListener(Path folder) throws IOException {
    this(folder, Clock.systemUTC());
  }

  TensorBoardListener(Path folder, Clock clock) throws IOException {
    this.clock = clock;
    String name =
        String.format(
            Locale.ROOT,
            "events.out.tfevents.%010d.rise.%d",
            clock.instant().getEpochSecond(),
            ProcessHandle.current().pid());
    Files.createDirectories(folder);
    this.file =
        new EventFile(
            new BufferedOutputStream(Files.newOutputStream(folder.resolve(name))), wallTime());
  }

  @Override
  public void stepped(Stepped event) {
    var step = event.step();
    long number = (long) (event.iteration() - 1) * step.total() + step.number();
    scalar("train/loss", number, step.loss());
    scalar("train/learning rate", number, step.learningRate());
    scalar("train/gradient norm", number, step.gradientNorm());
  }

  @Override
  public void phaseProgressed(PhaseProgressed event) {
    if (event.progress().done() == event.progress().total()) {
      scalar(
          "tokens per second/" + event.phase().name().toLowerCase(Locale.ROOT),
          event.iteration(),
          event.tokensPerSecond());
    }
  }

  @Override
  public void episodesCollected(EpisodesCollected event) {
    List<Episode> episodes = event.episodes();
    scalar(
        "collect/mean reward",
        event.iteration(),
        episodes.stream()
            .flatMap(e -> e.turns().stream())
            .mapToDouble(Turn::reward)
            .average()
            .orElse(Double.NaN));
    scalar(
        "collect/solved",
        event.iteration(),
        (double) episodes.stream().filter(Episode::anyCorrect).count() / episodes.size());
  }

  @Override
  public void evaluationFinished(EvaluationFinished event) {
    Evaluation e = event.evaluation();
    int k = event.iteration();
    for (int turn = 1; turn <= e.turns(); turn++) {
      scalar("accuracy/turn " + turn, k, e.accuracyByTurn().get(turn - 1).estimate());
    }
    scalar("equal budget/m1@t" + e.turns() + " revising", k, e.sequentialVote().estimate());
    scalar("equal budget/m" + e.samplesPerProblem() + "@t1 voting", k, e.parallelVote().estimate());
    scalar("flips/incorrect to correct", k, e.incorrectToCorrect().estimate());
    scalar("flips/correct to incorrect", k, e.correctToIncorrect().estimate());
  }

  private void scalar(String tag, long step, double value) {
    if (!Double.isFinite(value)) {
      return; // TensorBoard draws no such points.
    }
    try {
      file.scalar(tag, step, wallTime(), value);
    } catch (IOException e) {
      throw new UncheckedIOException("could not write for TensorBoard: " + e.getMessage(), e);
    }
  }

  private double wallTime() {
    return clock.millis() / 1000.0;
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
