package org.riselm.onnx.internal.artifact;

import java.io.IOException;
import java.nio.file.Path;
import org.riselm.core.internal.util.AtomicFiles;
import org.riselm.onnx.internal.runtime.NativeMemory;
import org.riselm.onnx.internal.runtime.TrainingSession;

/** A training session over the artifacts in a folder, and what its optimizer step has to know. */
public final class ArtifactSession implements AutoCloseable {
  private final Path folder;
  private final int threads;
  private TrainingSession session;
  private int accumulated;

  /** Opens the artifacts in {@code folder}. */
  public ArtifactSession(Path folder, int threads) {
    this.folder = folder;
    this.threads = threads;
    this.session = ArtifactFiles.open(folder, threads);
  }

  /** The session; another after a {@link #restore}. */
  public TrainingSession get() {
    return session;
  }

  /** How many micro-batches have left gradients since the last step. */
  int accumulated() {
    return accumulated;
  }

  /** A micro-batch has left its gradients. */
  public void accumulate() {
    accumulated++;
  }

  /** Applies the gradients. Their norm is always NaN: the session shows none. */
  public double step(double learningRate) {
    if (accumulated == 0) {
      throw new IllegalStateException("no gradients were accumulated since the last step");
    }
    session.optimizerStep((float) learningRate);
    discard();
    return Double.NaN;
  }

  /** Forgets the gradients. */
  public void discard() {
    session.resetGradients();
    accumulated = 0;
  }

  /** Replaces the checkpoint of the artifacts by one of the weights and moments as they are. */
  public void saveCheckpoint() {
    ArtifactFiles.saveCheckpoint(session, folder);
  }

  /** {@link #saveCheckpoint}, and a copy of it in {@code point}. */
  public void save(Path point) throws IOException {
    saveCheckpoint();
    AtomicFiles.writeFolder(point, work -> ArtifactFiles.copyCheckpoint(folder, work));
  }

  /** Goes back to what was saved in {@code point}. */
  public void restore(Path point) throws IOException {
    ArtifactFiles.copyCheckpoint(point, folder);
    session.close();
    session = ArtifactFiles.open(folder, threads);
    accumulated = 0;
  }

  @Override
  public void close() {
    session.close();
    NativeMemory.giveBack();
  }
}
