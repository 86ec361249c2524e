package org.riselm.onnx.internal.policy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.riselm.onnx.Lora;
import org.riselm.onnx.OnnxOptions;
import org.riselm.onnx.Precision.Bits;
import org.riselm.onnx.internal.decoder.ModelTensors;
import org.riselm.onnx.internal.decoder.ParameterBlock;
import org.riselm.onnx.internal.decoder.ParameterLayout;
import org.riselm.onnx.internal.folder.AdapterFolder;
import org.riselm.onnx.internal.folder.BaseWeights;
import org.riselm.onnx.internal.folder.ModelFolder;
import org.riselm.onnx.internal.folder.SidecarFiles;
import org.riselm.onnx.internal.folder.safetensors.ModelWeights;
import org.riselm.onnx.internal.util.Resources;
import org.riselm.onnx.model.DecoderConfig;
import org.riselm.onnx.text.PromptFormat;

/**
 * Opens the models of policies. Every one is checked against the memory there is before it is read.
 */
public final class PolicyModels {
  private final Path folder;
  private final ModelWeights stored;
  private final DecoderConfig config;
  private final PromptFormat format;
  private final OnnxOptions options;
  private final Optional<Bits> bits;

  /**
   * Prepares to open the model in {@code folder}.
   *
   * @param stored its weights, which stay the caller's
   * @param bits of what is quantized; empty for the precision of the files
   */
  public PolicyModels(
      Path folder,
      ModelWeights stored,
      DecoderConfig config,
      PromptFormat format,
      OnnxOptions options,
      Optional<Bits> bits) {
    this.folder = folder;
    this.stored = stored;
    this.config = config;
    this.format = format;
    this.options = options;
    this.bits = bits;
  }

  /** Opens a model with random weights, all of them trained. */
  public static PolicyModel random(
      DecoderConfig config, Path tokenizerJson, PromptFormat format, long seed, OnnxOptions options)
      throws IOException {
    new MemoryBudget(ParameterLayout.full(config), options).requireLoading();
    SidecarFiles sidecars = SidecarFiles.ofTokenizer(tokenizerJson);
    return new WholeModel(config, sidecars, format, ParameterBlock.random(config, seed));
  }

  /** Opens the model with every weight trained, in fp32. */
  public PolicyModel whole() throws IOException {
    bits.ifPresent(ParameterLayout.full(config)::quantized); // Which refuses.
    new MemoryBudget(ParameterLayout.full(config), options).requireLoading();
    SidecarFiles sidecars = SidecarFiles.read(folder);
    ParameterBlock weights = ParameterBlock.zeros(config);
    try {
      ModelFolder.copy(stored, weights);
      return new WholeModel(config, sidecars, format, weights);
    } catch (IOException | RuntimeException e) {
      weights.close();
      throw e;
    }
  }

  /** Opens the model with nothing trained. */
  public PolicyModel frozen() throws IOException {
    return base(
        BaseWeights.frozen(stored, config),
        (sidecars, owner, tensors) -> new FrozenModel(folder, sidecars, format, owner, tensors));
  }

  /** Opens the model with fresh adapters beside it. */
  public PolicyModel adapted(Lora lora, long seed) throws IOException {
    return base(
        BaseWeights.adapted(stored, config, lora),
        (sidecars, owner, tensors) -> {
          tensors.trained().randomizeAdapters(seed);
          return new AdaptedModel(folder, sidecars, format, owner, tensors);
        });
  }

  /** Opens the model with the adapters in {@code adapter} beside it. */
  public PolicyModel adapted(Path adapter) throws IOException {
    Lora lora = AdapterFolder.lora(adapter, config);
    return base(
        BaseWeights.adapted(stored, config, lora),
        (sidecars, owner, tensors) -> {
          AdaptedModel model = new AdaptedModel(folder, sidecars, format, owner, tensors);
          model.read(adapter);
          return model;
        });
  }

  private interface Assembly {
    PolicyModel of(SidecarFiles sidecars, Resources owner, ModelTensors tensors) throws IOException;
  }

  private PolicyModel base(ParameterLayout full, Assembly assembly) throws IOException {
    ParameterLayout layout = bits.map(full::quantized).orElse(full);
    new MemoryBudget(layout, options).requireLoading();
    SidecarFiles sidecars = SidecarFiles.read(folder);
    Resources resources = new Resources();
    try {
      return assembly.of(sidecars, resources, BaseWeights.read(resources, stored, layout));
    } catch (IOException | RuntimeException e) {
      resources.close();
      throw e;
    }
  }
}
