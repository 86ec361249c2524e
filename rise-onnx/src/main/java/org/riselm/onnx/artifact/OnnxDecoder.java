package org.riselm.onnx.artifact;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import org.riselm.core.policy.TrainingOptions;
import org.riselm.onnx.internal.graph.OnnxFile;
import org.riselm.onnx.internal.imported.DecoderExport;
import org.riselm.onnx.internal.imported.DecoderInterface;
import org.riselm.onnx.internal.imported.DecoderTraining;
import org.riselm.onnx.internal.imported.ParameterChoice;
import org.riselm.onnx.internal.train.AdamW;

/**
 * A decoder in ONNX that others exported, token ids in and logits out, and what of it can be
 * trained: every tensor of floats that a gradient of the logits reaches, but for single numbers,
 * masks and rotary tables. Immutable. Its weights are mapped where they are, so the file must stay
 * as it is while this and its artifacts are used.
 *
 * <p>The loss is this library's: Σ weight · −log p(label), over labels that stand before their
 * token; {@link ArtifactTrainer} trains on it.
 */
public final class OnnxDecoder {
  private final OnnxFile file;
  private final DecoderInterface ports;
  private final Predicate<String> frozen;
  private final ParameterChoice choice;

  private OnnxDecoder(OnnxFile file, DecoderInterface ports, Predicate<String> frozen)
      throws IOException {
    this.file = file;
    this.ports = ports;
    this.frozen = frozen;
    this.choice = new ParameterChoice(file, ports, frozen);
  }

  /**
   * Reads a decoder whose inputs and outputs have Hugging Face Optimum's names: {@code input_ids},
   * and where there are such {@code attention_mask}, {@code position_ids} and {@code
   * past_key_values.…}; and {@code logits}.
   *
   * @param file the ONNX model
   * @return the decoder
   * @throws IOException as {@link #open(Path, DecoderInputs)} does
   * @throws org.riselm.onnx.MissingGradientException as {@link #open(Path, DecoderInputs)} does
   */
  public static OnnxDecoder open(Path file) throws IOException {
    OnnxFile read = OnnxFile.read(file);
    return new OnnxDecoder(
        read, new DecoderInterface(read, DecoderInterface.byName(read)), name -> false);
  }

  /**
   * Reads a decoder.
   *
   * @param file the ONNX model
   * @param inputs what its inputs stand for: each must have a meaning
   * @return the decoder
   * @throws IOException naming the file and what does not fit: bytes that are no model, versions
   *     that are not known, an input without a meaning, weights that are not fp32
   * @throws org.riselm.onnx.MissingGradientException if gradients cannot get from the logits to the
   *     weights, naming every operator that stands in the way, with its nodes
   */
  public static OnnxDecoder open(Path file, DecoderInputs inputs) throws IOException {
    OnnxFile read = OnnxFile.read(file);
    return new OnnxDecoder(read, new DecoderInterface(read, inputs), name -> false);
  }

  /**
   * {@return this with those weights frozen whose names {@code names} accepts}
   *
   * @param names which weights
   * @throws IOException if reading or writing fails; names the file
   */
  public OnnxDecoder frozen(Predicate<String> names) throws IOException {
    return new OnnxDecoder(file, ports, frozen.or(names));
  }

  /** {@return every tensor of floating-point numbers in the file, and what becomes of it} */
  public List<DecoderParameter> parameters() {
    return List.copyOf(choice.parameters());
  }

  /**
   * Makes the training artifacts, with fresh moments. The training graph gives {@code loss}, the
   * evaluation graph {@code loss} and the logits.
   *
   * @param training whose AdamW settings the optimizer has; every parameter decays
   * @return the artifacts
   * @throws IOException if reading or writing fails; names the file
   */
  public TrainingArtifacts artifacts(TrainingOptions training) throws IOException {
    AdamW optimizer = AdamW.of(training, AdamW.Decay.ALL);
    return new TrainingArtifacts(new DecoderTraining(file, ports, choice).artifacts(optimizer));
  }

  /**
   * Writes the training artifacts to a new folder, which appears with all of them or not at all.
   *
   * @param folder not there yet, or empty
   * @param training whose AdamW settings the optimizer has; every parameter decays
   * @throws IOException if reading or writing fails; names the file
   */
  public void writeArtifacts(Path folder, TrainingOptions training) throws IOException {
    artifacts(training).save(folder);
  }

  /** {@return what the inputs of the artifacts stand for} */
  public ArtifactInputs artifactInputs() {
    return new DecoderTraining(file, ports, choice).inputs();
  }

  /**
   * Writes the decoder as it was read, its cache and all, with the weights of a checkpoint: {@code
   * model.onnx}, and {@code model.onnx_data} if there is much of them.
   *
   * @param folder not there yet, or empty; it appears whole or not at all
   * @param trained the checkpoint of artifacts that were made of this decoder
   * @throws IOException if the checkpoint is of another decoder
   */
  public void write(Path folder, Checkpoint trained) throws IOException {
    new DecoderExport(file).write(folder, trained);
  }
}
