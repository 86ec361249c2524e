package org.riselm.onnx.internal.folder;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.riselm.onnx.internal.decoder.DecoderLogits;
import org.riselm.onnx.internal.decoder.ModelTensors;
import org.riselm.onnx.internal.decoder.Parameter;
import org.riselm.onnx.internal.decoder.ParameterBlock;
import org.riselm.onnx.internal.decoder.ParameterLayout;
import org.riselm.onnx.internal.folder.safetensors.ModelWeights;
import org.riselm.onnx.internal.runtime.OrtLibrary;
import org.riselm.onnx.internal.util.Resources;
import org.riselm.onnx.model.DecoderConfig;

/**
 * A look into a model folder: {@code config.json} and the weights, no tokenizer; and into adapters
 * for it. To hold a model against what others compute with it. Holds native memory until it is
 * closed. Not thread-safe.
 */
public final class ModelInspector implements AutoCloseable {
  private final Resources resources = new Resources();
  private final ModelTensors tensors;
  private final DecoderLogits logits;

  private ModelInspector(
      ModelWeights stored, DecoderConfig config, Optional<Path> adapter, int threads)
      throws IOException {
    try {
      this.tensors = tensors(stored, config, adapter);
      this.logits = resources.add(new DecoderLogits(tensors, threads));
    } catch (IOException | RuntimeException e) {
      resources.close();
      throw e;
    }
  }

  private ModelTensors tensors(ModelWeights stored, DecoderConfig config, Optional<Path> adapter)
      throws IOException {
    if (adapter.isPresent()) {
      ModelTensors adapted =
          BaseWeights.read(
              resources,
              stored,
              BaseWeights.adapted(stored, config, AdapterFolder.lora(adapter.get(), config)));
      AdapterFolder.read(adapter.get(), adapted.trained());
      return adapted;
    }
    ParameterBlock weights = resources.add(ParameterBlock.zeros(config));
    ModelFolder.copy(stored, weights);
    return ModelTensors.full(config, weights);
  }

  /**
   * Reads a model. The caller closes it.
   *
   * @param adapter the folder of adapters beside its weights, if there are any
   * @param threads that ONNX Runtime uses
   * @throws IOException naming the file and what is wrong with it
   */
  public static ModelInspector open(Path folder, Optional<Path> adapter, int threads)
      throws IOException {
    OrtLibrary.require();
    DecoderConfig config = ModelFolder.config(folder);
    try (ModelWeights stored = ModelFolder.openWeights(folder, config)) {
      return new ModelInspector(stored, config, adapter, threads);
    }
  }

  /** What would be trained: all of the model, or the adapters. */
  public ParameterLayout layout() {
    return tensors.layout();
  }

  /** How many numbers the model has, adapters not counted. */
  public long parameterCount() {
    return Parameter.of(layout().config()).stream().mapToLong(Parameter::elements).sum();
  }

  /** The logits of the token after each of {@code ids}; see {@link DecoderLogits#of}. */
  public float[][] logits(int... ids) {
    return logits.of(ids);
  }

  @Override
  public void close() {
    resources.close();
  }
}
