package org.riselm.onnx.internal.folder;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.riselm.core.internal.util.AtomicFiles;
import org.riselm.onnx.internal.decoder.Parameter;
import org.riselm.onnx.internal.decoder.ParameterBlock;
import org.riselm.onnx.internal.export.GenaiConfig;
import org.riselm.onnx.internal.export.InferenceModel;
import org.riselm.onnx.internal.folder.safetensors.Dtype;
import org.riselm.onnx.internal.folder.safetensors.ModelWeights;
import org.riselm.onnx.internal.folder.safetensors.ModelWeightsWriter;
import org.riselm.onnx.internal.folder.safetensors.TensorInfo;
import org.riselm.onnx.internal.folder.safetensors.TensorSource;
import org.riselm.onnx.internal.gguf.GgufFile;
import org.riselm.onnx.internal.gguf.GgufFolder;
import org.riselm.onnx.internal.runtime.ElementType;
import org.riselm.onnx.model.DecoderConfig;
import org.riselm.onnx.text.PromptFormat;

/** The files of a model: a Hugging Face folder, and how states become its prompts. */
public final class ModelFolder {
  // Tables that older versions saved with the weights; everyone computes them.
  private static final String ROTARY_TABLE = ".rotary_emb.inv_freq";

  private static final Pattern CACHED = Pattern.compile(".*/models--([^/]+)/snapshots/[^/]+");

  private ModelFolder() {}

  /**
   * Returns what Hugging Face's tools load the model in {@code folder} by: its name there, if the
   * folder is of their cache, or the folder.
   */
  public static String name(Path folder) {
    Path path = folder.toAbsolutePath().normalize();
    Matcher cached = CACHED.matcher(path.toString().replace(File.separatorChar, '/'));
    return cached.matches() ? cached.group(1).replace("--", "/") : path.toString();
  }

  public static Path tokenizer(Path folder) {
    return folder.resolve(SidecarFiles.TOKENIZER);
  }

  public static DecoderConfig config(Path folder) throws IOException {
    return ConfigFile.read(folder.resolve(SidecarFiles.CONFIG));
  }

  public static PromptFormat promptFormat(Path folder) throws IOException {
    return PromptFormat.read(folder);
  }

  /**
   * Writes a model folder. It appears whole or not at all.
   *
   * @param dtype F32, F16 or BF16
   */
  public static void write(
      Path folder,
      DecoderConfig config,
      SidecarFiles sidecars,
      PromptFormat format,
      Dtype dtype,
      List<TensorSource> weights)
      throws IOException {
    AtomicFiles.writeFolder(
        folder,
        work -> {
          fill(work, config, sidecars, dtype, weights);
          format.write(work);
        });
  }

  /** Writes a model folder whose prompt format, if it has one, is among its sidecar files. */
  public static void write(
      Path folder,
      DecoderConfig config,
      SidecarFiles sidecars,
      Dtype dtype,
      List<TensorSource> weights)
      throws IOException {
    AtomicFiles.writeFolder(folder, work -> fill(work, config, sidecars, dtype, weights));
  }

  private static void fill(
      Path work,
      DecoderConfig config,
      SidecarFiles sidecars,
      Dtype dtype,
      List<TensorSource> weights)
      throws IOException {
    sidecars.write(work, config, dtype.elementType());
    ModelWeightsWriter.write(work, dtype, weights, ModelWeightsWriter.LARGEST_FILE);
  }

  /**
   * Writes a folder with an ONNX model for inference. It appears whole or not at all.
   *
   * @param stopIds the tokens that end a response
   */
  public static void writeOnnx(
      Path folder,
      DecoderConfig config,
      SidecarFiles sidecars,
      PromptFormat format,
      List<TensorSource> weights,
      int... stopIds)
      throws IOException {
    AtomicFiles.writeFolder(
        folder,
        work -> {
          sidecars.write(work, config, ElementType.FLOAT);
          format.write(work);
          InferenceModel.write(work, config, weights);
          GenaiConfig.write(work, config, stopIds);
        });
  }

  /**
   * Opens the folder's weights, which are all that a model of {@code config} has and nothing else.
   * The caller closes them.
   *
   * @throws IOException naming the file and the parameter that is missing, too many or of another
   *     shape
   */
  public static ModelWeights openWeights(Path folder, DecoderConfig config) throws IOException {
    boolean isGguf = GgufFolder.is(folder);
    ModelWeights stored =
        isGguf ? ModelWeights.of(GgufFile.open(folder)) : ModelWeights.open(folder);
    try {
      WeightNames.give(stored, config);
      check(stored, config);
      return stored;
    } catch (IOException | RuntimeException e) {
      stored.close();
      throw e;
    }
  }

  private static void check(ModelWeights stored, DecoderConfig config) throws IOException {
    Map<String, TensorInfo> extra = stored.entries();
    for (Parameter p : Parameter.of(config)) {
      TensorInfo found = extra.remove(p.name());
      if (found == null) {
        throw new IOException(
            "%s: it has no parameter %s, which the model of config.json needs"
                .formatted(stored.source(), p.name()));
      }
      if (!found.shape().equals(p.shape())) {
        throw new IOException(
            "%s: parameter %s has the shape %s; the model of config.json needs %s"
                .formatted(stored.source(), p.name(), found.shape(), p.shape()));
      }
    }
    for (String name : extra.keySet()) {
      boolean tied = name.equals(WeightNames.HEAD) && config.tiedHead();
      if (tied && !stored.areEqual(WeightNames.HEAD, WeightNames.EMBEDDING)) {
        throw new IOException(
            "%s: %s differs from %s; config.json says with tie_word_embeddings that they are one"
                .formatted(stored.source(), WeightNames.HEAD, WeightNames.EMBEDDING));
      }
      if (!tied && !name.endsWith(ROTARY_TABLE)) {
        throw new IOException(
            "%s: it has a parameter %s, which the model of config.json has no use for"
                .formatted(stored.source(), name));
      }
    }
  }

  /** Copies every parameter of {@code weights}. */
  public static void copy(ModelWeights stored, ParameterBlock weights) throws IOException {
    for (Parameter p : weights.parameters()) {
      stored.copy(p.name(), weights.tensor(p.name()));
    }
  }
}
