package org.riselm.onnx.internal.policy;

import com.google.common.primitives.Ints;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.riselm.onnx.Precision;
import org.riselm.onnx.internal.decoder.ModelTensors;
import org.riselm.onnx.internal.folder.ModelFolder;
import org.riselm.onnx.internal.folder.SidecarFiles;
import org.riselm.onnx.internal.folder.safetensors.Dtype;
import org.riselm.onnx.internal.folder.safetensors.TensorSource;
import org.riselm.onnx.internal.gguf.GgufExport;
import org.riselm.onnx.internal.gguf.GgufType;
import org.riselm.onnx.internal.util.Resources;
import org.riselm.onnx.model.DecoderConfig;
import org.riselm.onnx.text.PromptFormat;

/**
 * The weights of a policy, and the folders they are written to and restored from. Owns them. {@link
 * WholeModel} trains all of them, {@link AdaptedModel} adapters beside a frozen base, {@link
 * FrozenModel} nothing.
 */
public abstract class PolicyModel implements AutoCloseable {
  /** Opens a model. The caller closes it. */
  @FunctionalInterface
  public interface Source {
    PolicyModel open() throws IOException;
  }

  private final DecoderConfig config;
  private final SidecarFiles sidecars;
  private final PromptFormat format;

  PolicyModel(DecoderConfig config, SidecarFiles sidecars, PromptFormat format) {
    this.config = config;
    this.sidecars = sidecars;
    this.format = format;
  }

  final DecoderConfig config() {
    return config;
  }

  /** Returns the weights, which this owns. */
  public abstract ModelTensors tensors();

  /**
   * Returns the weights of the whole model, adapters merged, in the precision of its files.
   *
   * @param files takes what must be open until they are written
   */
  abstract List<TensorSource> merged(Resources files) throws IOException;

  /**
   * Throws if nothing can be trained.
   *
   * @throws IllegalStateException saying how to open a model that trains
   */
  public void requireTrainable() {}

  /**
   * Writes what {@link #restore} needs to {@code folder}, which is new or empty and appears whole
   * or not at all.
   */
  public abstract void save(Path folder) throws IOException;

  /**
   * Restores the trained weights.
   *
   * @throws IOException naming the file and what is wrong with it; nothing has changed then, unless
   *     a file that was whole at first could not be read to its end
   */
  public abstract void restore(Path folder) throws IOException;

  /**
   * Writes the whole model to {@code folder}, which is new or empty and appears whole or not at
   * all.
   *
   * @param dtype F32, F16 or BF16
   */
  public final void export(Path folder, Dtype dtype) throws IOException {
    try (Resources files = new Resources()) {
      ModelFolder.write(folder, config, sidecars, format, dtype, merged(files));
    }
  }

  /**
   * Writes the whole model as an ONNX model to {@code folder}, which is new or empty and appears
   * whole or not at all.
   *
   * @param stopIds the tokens that end a response
   */
  public final void exportOnnx(Path folder, int... stopIds) throws IOException {
    try (Resources files = new Resources()) {
      ModelFolder.writeOnnx(folder, config, sidecars, format, merged(files), stopIds);
    }
  }

  /**
   * Writes the whole model as a GGUF file, which appears whole or not at all.
   *
   * @param tokenizer the whole {@code tokenizer.json}
   * @param stopIds the tokens that end a response
   */
  public final void exportGguf(Path file, Precision.Gguf type, String tokenizer, int... stopIds)
      throws IOException {
    GgufExport export =
        new GgufExport(
            config, tokenizer, sidecars.tokenizerConfig(), format.template(), Ints.asList(stopIds));
    try (Resources files = new Resources()) {
      export.write(file, GgufType.valueOf(type.name()), merged(files));
    }
  }

  @Override
  public abstract void close();
}
