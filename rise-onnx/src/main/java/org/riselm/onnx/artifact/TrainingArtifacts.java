package org.riselm.onnx.artifact;

import java.nio.file.Path;
import org.riselm.onnx.internal.artifact.ArtifactFiles;

/**
 * ONNX Runtime's four training artifacts: a graph that trains, one that evaluates, one that
 * updates, and a checkpoint with the parameters and the optimizer's state. Wherever they come from,
 * they are checked against each other. Immutable, but for the memory that the checkpoint's tensors
 * view.
 */
public final class TrainingArtifacts {
  /** The name of the file with the graph that trains. */
  public static final String TRAINING_MODEL = ArtifactFiles.TRAINING_MODEL;

  /** The name of the file with the graph that evaluates. */
  public static final String EVAL_MODEL = ArtifactFiles.EVAL_MODEL;

  /** The name of the file with the graph that updates. */
  public static final String OPTIMIZER_MODEL = ArtifactFiles.OPTIMIZER_MODEL;

  /** The name of the file with the parameters and the optimizer's state. */
  public static final String CHECKPOINT = ArtifactFiles.CHECKPOINT;

  private final ArtifactFiles files;

  TrainingArtifacts(ArtifactFiles files) {
    this.files = files;
  }

  /**
   * Reads and checks the four files of {@code folder}, whoever wrote them.
   *
   * @param folder the folder of the four files
   * @return the artifacts
   * @throws ArtifactException if one is missing or malformed, or they do not fit each other
   */
  public static TrainingArtifacts load(Path folder) {
    return new TrainingArtifacts(ArtifactFiles.read(folder));
  }

  /**
   * Writes the four files to a new folder, which appears with all of them or not at all.
   *
   * @param folder not there yet, or empty
   * @throws ArtifactException if {@code folder} has something in it
   */
  public void save(Path folder) {
    files.write(folder);
  }

  /** {@return a copy of the graph that trains: an ONNX {@code ModelProto}, serialized} */
  public byte[] trainingModel() {
    return files.trainingModel();
  }

  /** {@return a copy of the graph that evaluates: an ONNX {@code ModelProto}, serialized} */
  public byte[] evaluationModel() {
    return files.evaluationModel();
  }

  /** {@return a copy of the graph that updates: an ONNX {@code ModelProto}, serialized} */
  public byte[] optimizerModel() {
    return files.optimizerModel();
  }

  /** {@return the parameters and the optimizer's state} */
  public Checkpoint checkpoint() {
    return files.checkpoint();
  }
}
