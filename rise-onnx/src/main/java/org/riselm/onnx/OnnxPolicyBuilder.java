package org.riselm.onnx;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.riselm.onnx.internal.decoder.ModelTensors;
import org.riselm.onnx.internal.decoder.ParameterBlock;
import org.riselm.onnx.internal.decoder.ParameterLayout;
import org.riselm.onnx.internal.folder.AdapterFolder;
import org.riselm.onnx.internal.folder.ModelFolder;
import org.riselm.onnx.internal.folder.SidecarFiles;
import org.riselm.onnx.internal.folder.safetensors.ModelWeights;
import org.riselm.onnx.internal.memory.MemoryBudget;
import org.riselm.onnx.internal.policy.AdaptedModel;
import org.riselm.onnx.internal.policy.PolicyModel;
import org.riselm.onnx.internal.policy.WholeModel;
import org.riselm.onnx.internal.util.Resources;
import org.riselm.onnx.model.DecoderConfig;
import org.riselm.onnx.text.PromptFormat;

/** Collects how a model folder becomes an {@link OnnxPolicy}. Not thread-safe. */
public final class OnnxPolicyBuilder {
  private final Path folder;
  private OnnxOptions options = OnnxOptions.ofDefaults();
  private @Nullable Lora lora;
  private @Nullable Path adapter;
  private long seed;

  OnnxPolicyBuilder(Path folder) {
    this.folder = requireNonNull(folder, "folder");
  }

  /** How the machine is used; by default {@link OnnxOptions#ofDefaults}. */
  public OnnxPolicyBuilder options(OnnxOptions options) {
    this.options = requireNonNull(options, "options");
    return this;
  }

  /**
   * Trains fresh adapters and leaves the model's own weights as they are, in the precision of their
   * files. By default there are no adapters, and every weight is trained, in fp32.
   */
  public OnnxPolicyBuilder lora(Lora lora) {
    this.lora = requireNonNull(lora, "lora");
    this.adapter = null;
    return this;
  }

  /**
   * Goes on with the adapters in {@code folder}, which {@link OnnxPolicy#save} or Hugging Face's
   * PEFT wrote: trains them, instead of fresh ones, beside the model's own weights.
   */
  public OnnxPolicyBuilder adapter(Path folder) {
    this.adapter = requireNonNull(folder, "folder");
    this.lora = null;
    return this;
  }

  /** The seed of fresh adapters' random start; by default 0. */
  public OnnxPolicyBuilder seed(long seed) {
    this.seed = seed;
    return this;
  }

  /**
   * Reads the model.
   *
   * @throws IOException naming the file and what is wrong with it
   * @throws NotEnoughMemoryException if the weights do not fit into memory
   * @throws IllegalArgumentException naming targets of adapters that are no layers of the model, or
   *     if adapters are to be trained by ONNX Runtime's training session, which trains whole models
   *     only
   */
  public OnnxPolicy build() throws IOException {
    boolean adapted = lora != null || adapter != null;
    if (adapted && options.stepping() == OnnxOptions.Stepping.TRAINING_SESSION) {
      throw new IllegalArgumentException(
          "stepping is TRAINING_SESSION, which trains whole models only; adapters need"
              + " PLAIN_SESSIONS");
    }
    DecoderConfig config = ModelFolder.config(folder);
    PromptFormat format = ModelFolder.promptFormat(folder);
    // Before anything is allocated, the weights are known to be the configuration's.
    try (ModelWeights stored = ModelFolder.openWeights(folder, config)) {
      return new OnnxPolicy(
          config,
          format,
          ModelFolder.tokenizer(folder),
          options,
          () -> adapted ? adapted(stored, config, format) : whole(stored, config, format));
    }
  }

  private PolicyModel whole(ModelWeights stored, DecoderConfig config, PromptFormat format)
      throws IOException {
    new MemoryBudget(ParameterLayout.full(config), options).requireLoading();
    SidecarFiles companions = SidecarFiles.read(folder);
    ParameterBlock weights = ParameterBlock.zeros(config);
    try {
      ModelFolder.copy(stored, weights);
      return new WholeModel(config, companions, format, weights);
    } catch (IOException | RuntimeException e) {
      weights.close();
      throw e;
    }
  }

  private PolicyModel adapted(ModelWeights stored, DecoderConfig config, PromptFormat format)
      throws IOException {
    Lora adapters = adapter == null ? requireNonNull(lora) : AdapterFolder.lora(adapter, config);
    new MemoryBudget(AdaptedModel.layout(stored, config, adapters), options).requireLoading();
    SidecarFiles companions = SidecarFiles.read(folder);
    Resources resources = new Resources();
    try {
      ModelTensors tensors = AdaptedModel.read(resources, stored, config, adapters);
      if (adapter != null) {
        AdapterFolder.checkBase(adapter, AdaptedModel.fingerprint(tensors));
        AdapterFolder.read(adapter, tensors.trained());
      } else {
        tensors.trained().randomizeAdapters(seed);
      }
      return new AdaptedModel(companions, format, resources, tensors);
    } catch (IOException | RuntimeException e) {
      resources.close();
      throw e;
    }
  }
}
