package org.riselm.onnx.train;

import java.io.IOException;
import java.nio.file.Path;
import org.riselm.core.policy.NewFolder;
import org.riselm.onnx.artifact.TrainingArtifacts;
import org.riselm.onnx.runtime.NativeMemory;
import org.riselm.onnx.runtime.TrainingSession;

/** A training session over the artifacts in a folder, and what its optimizer step has to know. */
final class ArtifactSession implements AutoCloseable {
  private final Path folder;
  private final int threads;
  private TrainingSession session;
  private int accumulated;

  /** Opens the artifacts in {@code folder}. */
  ArtifactSession(Path folder, int threads) {
    this.folder = folder;
    this.threads = threads;
    this.session = TrainingArtifacts.open(folder, threads);
  }

  /** The session; another after a {@link #restore}. */
  TrainingSession get() {
    return session;
  }

  /** How many micro-batches have left gradients since the last step. */
  int accumulated() {
    return accumulated;
  }

  /** A micro-batch has left its gradients. */
  void accumulate() {
    accumulated++;
  }

  /** Applies the gradients. Their norm is always NaN: the session shows none. */
  double step(double learningRate) {
    if (accumulated == 0) {
      throw new IllegalStateException("no gradients were accumulated since the last step");
    }
    session.optimizerStep((float) learningRate);
    discard();
    return Double.NaN;
  }

  /** Forgets the gradients. */
  void discard() {
    session.resetGradients();
    accumulated = 0;
  }

  /** Replaces the checkpoint of the artifacts by one of the weights and moments as they are. */
  void saveCheckpoint() {
    TrainingArtifacts.saveCheckpoint(session, folder);
  }

  /** {@link #saveCheckpoint}, and a copy of it in {@code point}. */
  void save(Path point) throws IOException {
    saveCheckpoint();
    NewFolder.write(point, work -> TrainingArtifacts.copyCheckpoint(folder, work));
  }

  /** Goes back to what was saved in {@code point}. */
  void restore(Path point) throws IOException {
    TrainingArtifacts.copyCheckpoint(point, folder);
    session.close();
    session = TrainingArtifacts.open(folder, threads);
    accumulated = 0;
  }

  @Override
  public void close() {
    session.close();
    NativeMemory.giveBack();
  }
}
