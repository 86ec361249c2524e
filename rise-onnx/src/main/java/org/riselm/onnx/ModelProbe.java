package org.riselm.onnx;

import java.io.IOException;
import java.nio.file.Path;
import org.riselm.onnx.model.DecoderConfig;
import org.riselm.onnx.model.DecoderLogits;
import org.riselm.onnx.model.Weights;
import org.riselm.onnx.runtime.Resources;
import org.riselm.onnx.safetensors.ModelWeights;

/**
 * A look into a model folder: {@code config.json} and the weights, no tokenizer. To hold a model
 * against what others compute with it. Holds native memory until it is closed. Not thread-safe.
 */
public final class ModelProbe implements AutoCloseable {
  private final Resources resources = new Resources();
  private final DecoderConfig config;
  private final Weights weights;
  private final DecoderLogits logits;

  private ModelProbe(DecoderConfig config, ModelWeights stored, int threads) throws IOException {
    this.config = config;
    try {
      this.weights = resources.add(Weights.zeros(config));
      ModelFolder.copy(stored, weights);
      this.logits = resources.add(new DecoderLogits(config, weights, threads));
    } catch (IOException | RuntimeException e) {
      resources.close();
      throw e;
    }
  }

  /**
   * Reads a model. The caller closes it.
   *
   * @param threads that ONNX Runtime uses
   * @throws IOException naming the file and what is wrong with it
   */
  public static ModelProbe open(Path folder, int threads) throws IOException {
    DecoderConfig config = ModelFolder.config(folder);
    try (ModelWeights stored = ModelFolder.openWeights(folder, config)) {
      return new ModelProbe(config, stored, threads);
    }
  }

  /** The model's numbers. */
  public DecoderConfig config() {
    return config;
  }

  /** The number of trainable numbers. */
  public long parameterCount() {
    return weights.elements();
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
