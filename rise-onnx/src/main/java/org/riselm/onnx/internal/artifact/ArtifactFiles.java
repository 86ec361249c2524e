package org.riselm.onnx.internal.artifact;

import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.WRITE;

import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.riselm.core.internal.util.AtomicFiles;
import org.riselm.core.internal.util.InputFiles;
import org.riselm.onnx.artifact.ArtifactException;
import org.riselm.onnx.artifact.Checkpoint;
import org.riselm.onnx.internal.graph.Graph;
import org.riselm.onnx.internal.runtime.Port;
import org.riselm.onnx.internal.runtime.TrainingSession;

/**
 * The four training artifacts: a graph that trains, one that evaluates, one that updates, and a
 * checkpoint with what they work on. They are checked against each other wherever they come from.
 * Immutable, but for the memory that the checkpoint's tensors view.
 */
public final class ArtifactFiles {
  /** The name of the file with the graph that trains. */
  public static final String TRAINING_MODEL = "training_model.onnx";

  /** The name of the file with the graph that evaluates. */
  public static final String EVAL_MODEL = "eval_model.onnx";

  /** The name of the file with the graph that updates. */
  public static final String OPTIMIZER_MODEL = "optimizer_model.onnx";

  /** The name of the file with the parameters and the optimizer's state. */
  public static final String CHECKPOINT = "checkpoint";

  private final Path folder;
  private final ModelFile training;
  private final ModelFile evaluation;
  private final ModelFile optimizer;
  private final Checkpoint checkpoint;

  private ArtifactFiles(
      Path folder, byte[] training, byte[] evaluation, byte[] optimizer, Checkpoint checkpoint) {
    this.folder = folder;
    this.training = new ModelFile(folder.resolve(TRAINING_MODEL), training);
    this.evaluation = new ModelFile(folder.resolve(EVAL_MODEL), evaluation);
    this.optimizer = new ModelFile(folder.resolve(OPTIMIZER_MODEL), optimizer);
    this.checkpoint = checkpoint;
    ArtifactCheck.check(checkpoint, this.training, this.evaluation, this.optimizer);
  }

  /**
   * The artifacts of these parts.
   *
   * @param training with accumulated gradients, see {@link GradientBuffers#addTo}
   * @param evaluation whose inputs have the parameters in the same order as {@code training}
   * @throws ArtifactException if they do not fit each other
   */
  public static ArtifactFiles of(
      Graph training, Graph evaluation, OptimizerModel optimizer, Checkpoint checkpoint) {
    return new ArtifactFiles(
        Path.of(""), training.toModel(), evaluation.toModel(), optimizer.toModel(), checkpoint);
  }

  /**
   * Reads the four files of {@code folder}, whoever wrote them.
   *
   * @throws ArtifactException if one is missing or malformed, or they do not fit each other
   */
  public static ArtifactFiles read(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw new ArtifactException(
          folder, "training artifacts", "no folder", "one with " + fileNames());
    }
    return new ArtifactFiles(
        folder,
        bytes(folder.resolve(TRAINING_MODEL)),
        bytes(folder.resolve(EVAL_MODEL)),
        bytes(folder.resolve(OPTIMIZER_MODEL)),
        Checkpoint.read(folder.resolve(CHECKPOINT)));
  }

  private static List<String> fileNames() {
    return List.of(TRAINING_MODEL, EVAL_MODEL, OPTIMIZER_MODEL, CHECKPOINT);
  }

  private static byte[] bytes(Path file) {
    try {
      String fault = InputFiles.fault(file);
      if (!fault.isEmpty()) {
        throw new ArtifactException(file, "training artifact", fault, "an ONNX model");
      }
      return InputFiles.bytes(file);
    } catch (NoSuchFileException e) {
      throw new ArtifactException(
          file, "training artifact", "no file", "one of the four: " + fileNames());
    } catch (IOException e) {
      throw new UncheckedIOException("could not read " + file + ": " + e.getMessage(), e);
    }
  }

  /**
   * Reads and checks the artifacts of {@code folder} and hands them to ONNX Runtime.
   *
   * @param threads that a step uses, the calling one included; at least 1
   * @return a session, which the caller closes. It needs the folder no more
   * @throws ArtifactException as {@link #read}
   */
  public static TrainingSession open(Path folder, int threads) {
    ArtifactFiles artifacts = read(folder);
    return TrainingSession.load(
        folder.resolve(CHECKPOINT),
        artifacts.training.bytes(),
        artifacts.evaluation.bytes(),
        artifacts.optimizer.bytes(),
        threads);
  }

  /**
   * Replaces the checkpoint in {@code folder} by the parameters and the optimizer's state of {@code
   * session}. ONNX Runtime writes to a temporary file, from which {@link Checkpoint#write} makes
   * the one that lasts: whole or not at all, with one or two files as its size asks for.
   */
  public static void saveCheckpoint(TrainingSession session, Path folder) {
    Path file = folder.resolve(CHECKPOINT);
    Path temporary = AtomicFiles.sibling(file);
    try {
      session.save(temporary, true);
      Checkpoint.read(temporary).write(file);
    } finally {
      AtomicFiles.discard(temporary);
      AtomicFiles.discard(Checkpoint.externalData(temporary));
    }
  }

  /** Copies the checkpoint of one folder into another, whose own it replaces. */
  public static void copyCheckpoint(Path from, Path to) throws IOException {
    Path checkpoint = from.resolve(CHECKPOINT);
    for (Path file : List.of(checkpoint, Checkpoint.externalData(checkpoint))) {
      if (Files.exists(file)) {
        Files.copy(file, to.resolve(file.getFileName()), REPLACE_EXISTING);
      }
    }
  }

  /**
   * Writes the four files to a new folder, which appears with all of them or not at all.
   *
   * @param folder not there yet, or empty
   * @throws ArtifactException if {@code folder} has something in it
   */
  public void write(Path folder) {
    try {
      AtomicFiles.writeFolder(
          folder,
          work -> {
            put(work.resolve(TRAINING_MODEL), training.bytes());
            put(work.resolve(EVAL_MODEL), evaluation.bytes());
            put(work.resolve(OPTIMIZER_MODEL), optimizer.bytes());
            checkpoint.write(work.resolve(CHECKPOINT));
          });
    } catch (FileAlreadyExistsException e) {
      throw new ArtifactException(
          folder, "training artifacts", "a folder with files in it", "a new or an empty one");
    } catch (IOException e) {
      throw new UncheckedIOException("could not write " + folder + ": " + e.getMessage(), e);
    }
  }

  private static void put(Path file, byte[] bytes) throws IOException {
    try (FileChannel channel = FileChannel.open(file, CREATE_NEW, WRITE)) {
      AtomicFiles.writeAll(channel, ByteBuffer.wrap(bytes));
      channel.force(true);
    }
  }

  /** The graph that trains: an ONNX {@code ModelProto}, serialized. A copy. */
  public byte[] trainingModel() {
    return training.bytes();
  }

  /** The graph that evaluates: an ONNX {@code ModelProto}, serialized. A copy. */
  public byte[] evaluationModel() {
    return evaluation.bytes();
  }

  /** The graph that updates: an ONNX {@code ModelProto}, serialized. A copy. */
  public byte[] optimizerModel() {
    return optimizer.bytes();
  }

  /** What a training step takes, in order: neither parameters nor gradients. */
  public List<Port> trainingInputs() {
    return ports(training, training.inputs().values());
  }

  /** What a training step gives, in order. */
  public List<Port> trainingOutputs() {
    return ports(training, training.outputs().values());
  }

  /** What an evaluation step takes, in order: no parameters. */
  public List<Port> evaluationInputs() {
    return ports(evaluation, evaluation.inputs().values());
  }

  /** What an evaluation step gives, in order. */
  public List<Port> evaluationOutputs() {
    return ports(evaluation, evaluation.outputs().values());
  }

  private List<Port> ports(ModelFile file, Collection<ValueInfoProto> values) {
    Set<String> parameters = new HashSet<>();
    checkpoint.trainable().forEach(t -> parameters.add(t.name()));
    checkpoint.frozen().forEach(t -> parameters.add(t.name()));
    return values.stream()
        .filter(v -> !parameters.contains(v.getName()))
        .filter(v -> !v.getName().equals(TrainingNames.RESET))
        .filter(v -> TrainingNames.gradientEnding(v.getName()).isEmpty())
        .map(file::port)
        .toList();
  }

  /** The refusal of something in the artifact {@code fileName} for a use that it does not fit. */
  public ArtifactException refuse(String fileName, String where, String found, String expected) {
    return new ArtifactException(folder.resolve(fileName), where, found, expected);
  }

  /** The parameters and the optimizer's state. */
  public Checkpoint checkpoint() {
    return checkpoint;
  }
}
