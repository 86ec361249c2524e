package org.riselm.onnx.internal.policy;

import java.io.IOException;
import java.nio.file.Path;
import org.riselm.onnx.internal.decoder.ModelTensors;
import org.riselm.onnx.internal.folder.safetensors.Dtype;

/**
 * The numbers of a policy, and the folders they go to and come back from. Owns them. {@link
 * WholeModel} trains all of them, {@link AdaptedModel} adapters beside a frozen base.
 */
public interface PolicyModel extends AutoCloseable {
  /** Opens a model. The caller closes it. */
  @FunctionalInterface
  interface Source {
    PolicyModel open() throws IOException;
  }

  /** The numbers, which this owns. */
  ModelTensors tensors();

  /**
   * Writes what {@link #restore} needs to {@code folder}, which is new or empty and appears whole
   * or not at all.
   */
  void save(Path folder) throws IOException;

  /**
   * Takes back the trained numbers.
   *
   * @throws IOException naming the file and what is wrong with it; nothing has changed then, unless
   *     a file that was whole at first could not be read to its end
   */
  void restore(Path folder) throws IOException;

  /**
   * Writes the whole model to {@code folder}, which is new or empty and appears whole or not at
   * all.
   *
   * @param dtype F32, F16 or BF16
   */
  void export(Path folder, Dtype dtype) throws IOException;

  /**
   * Writes the whole model as an ONNX model to {@code folder}, which is new or empty and appears
   * whole or not at all.
   *
   * @param stopIds the tokens that end an answer
   */
  void exportOnnx(Path folder, int... stopIds) throws IOException;

  @Override
  void close();
}
