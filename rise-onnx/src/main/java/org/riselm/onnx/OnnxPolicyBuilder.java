package org.riselm.onnx;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.riselm.onnx.Precision.Bits;
import org.riselm.onnx.internal.decoder.ParameterLayout;
import org.riselm.onnx.internal.folder.AdapterFolder;
import org.riselm.onnx.internal.folder.BaseWeights;
import org.riselm.onnx.internal.folder.ModelFolder;
import org.riselm.onnx.internal.folder.safetensors.ModelWeights;
import org.riselm.onnx.internal.policy.MemoryPlanner;
import org.riselm.onnx.internal.policy.PolicyModel;
import org.riselm.onnx.internal.policy.PolicyModels;
import org.riselm.onnx.model.DecoderConfig;
import org.riselm.onnx.text.PromptFormat;

/**
 * Collects how a model folder becomes an {@link OnnxPolicy}. By default every weight is trained, in
 * FLOAT32. Not thread-safe.
 */
public final class OnnxPolicyBuilder {
  private final Path folder;
  private OnnxOptions.Builder options = OnnxOptions.builder();
  private Training training = Training.ofEverything();
  private Optional<Bits> bits = Optional.empty();
  private long seed;

  OnnxPolicyBuilder(Path folder) {
    this.folder = requireNonNull(folder, "folder");
  }

  /** What is trained: how it lies in memory, and how the model is opened. */
  private record Training(Layout layout, Opening opening) {
    interface Layout {
      ParameterLayout of(ModelWeights stored, DecoderConfig config) throws IOException;
    }

    interface Opening {
      PolicyModel open(PolicyModels models, long seed) throws IOException;
    }

    static Training ofEverything() {
      return new Training(
          (stored, config) -> ParameterLayout.full(config), (models, seed) -> models.whole());
    }
  }

  /**
   * Sets how the machine is used, all at once; by default {@link OnnxOptions#ofDefaults}.
   *
   * @param options how the machine is used
   * @return this builder
   */
  public OnnxPolicyBuilder options(OnnxOptions options) {
    this.options = options.toBuilder();
    return this;
  }

  /**
   * Sets where the model samples, learns and scores; see {@link OnnxOptions.Builder#device}.
   *
   * @param device where the model samples
   * @return this builder
   */
  public OnnxPolicyBuilder device(Device device) {
    options.device(device);
    return this;
  }

  /**
   * Sets what is computed in; see {@link OnnxOptions.Builder#precision}.
   *
   * @param precision what is computed in
   * @return this builder
   */
  public OnnxPolicyBuilder precision(Precision precision) {
    options.precision(precision);
    return this;
  }

  /**
   * Sets how many threads are used; see {@link OnnxOptions.Builder#threads}.
   *
   * @param threads how many threads are used
   * @return this builder
   */
  public OnnxPolicyBuilder threads(int threads) {
    options.threads(threads);
    return this;
  }

  /**
   * Sets the most responses at once; see {@link OnnxOptions.Builder#samplingBatch}.
   *
   * @param samplingBatch the most responses at once
   * @return this builder
   */
  public OnnxPolicyBuilder samplingBatch(int samplingBatch) {
    options.samplingBatch(samplingBatch);
    return this;
  }

  /**
   * Sets the most tokens of a training step at once; see {@link OnnxOptions.Builder}.
   *
   * @param microBatchTokens the most tokens of a training step at once
   * @return this builder
   */
  public OnnxPolicyBuilder microBatchTokens(int microBatchTokens) {
    options.microBatchTokens(microBatchTokens);
    return this;
  }

  /**
   * Trains fresh adapters, and leaves the model's own weights as they are, in the precision of
   * their files.
   *
   * @param lora the adapters
   * @return this builder
   */
  public OnnxPolicyBuilder lora(Lora lora) {
    requireNonNull(lora, "lora");
    training =
        new Training(
            (stored, config) -> BaseWeights.adapted(stored, config, lora),
            (models, seed) -> models.adapted(lora, seed));
    return this;
  }

  /**
   * Trains the adapters in {@code folder}, which {@link OnnxPolicy#save} or Hugging Face's PEFT
   * wrote, beside the model's own weights.
   *
   * @param folder the folder of the adapters
   * @return this builder
   */
  public OnnxPolicyBuilder adapter(Path folder) {
    requireNonNull(folder, "folder");
    training =
        new Training(
            (stored, config) ->
                BaseWeights.adapted(stored, config, AdapterFolder.lora(folder, config)),
            (models, seed) -> models.adapted(folder));
    return this;
  }

  /**
   * Trains nothing: the policy samples and scores with the weights in the precision of their files,
   * and its {@link OnnxPolicy#train} refuses.
   *
   * @return this builder
   */
  public OnnxPolicyBuilder frozen() {
    training = new Training(BaseWeights::frozen, (models, seed) -> models.frozen());
    return this;
  }

  /**
   * Quantizes the weights that are not trained, matrices and embeddings, while they are read: less
   * memory, and faster sampling on a CPU. Responses are sampled from the quantized weights;
   * gradients of adapters pass through them exactly. What {@link OnnxPolicy#export} writes has the
   * weights of the model's folder, adapters merged.
   *
   * @param bits of each number
   * @return this builder
   */
  public OnnxPolicyBuilder quantized(Bits bits) {
    this.bits = Optional.of(bits);
    return this;
  }

  /**
   * Samples from a quantized copy of weights that are in full precision; see {@link
   * OnnxOptions.Builder#quantizedRollouts}.
   *
   * @param bits of each number of the copy
   * @return this builder
   */
  public OnnxPolicyBuilder quantizedRollouts(Bits bits) {
    options.quantizedRollouts(bits);
    return this;
  }

  /**
   * Sets the seed of fresh adapters' random start; by default 0.
   *
   * @param seed the seed of fresh adapters' random start
   * @return this builder
   */
  public OnnxPolicyBuilder seed(long seed) {
    this.seed = seed;
    return this;
  }

  /**
   * Predicts the memory that the policy will take, from the headers of its files; loads nothing.
   *
   * @return the prediction
   * @throws IOException naming the file and what is wrong with it
   */
  public MemoryPlan memoryPlan() throws IOException {
    DecoderConfig config = ModelFolder.config(folder);
    try (ModelWeights stored = ModelFolder.openWeights(folder, config)) {
      ParameterLayout layout = training.layout().of(stored, config);
      return MemoryPlanner.of(bits.map(layout::quantized).orElse(layout), options.build());
    }
  }

  /**
   * Reads the model.
   *
   * @return the policy, which the caller closes
   * @throws IOException naming the file and what is wrong with it
   * @throws NotEnoughMemoryException if the weights do not fit into memory
   * @throws IllegalArgumentException naming targets of adapters that are no layers of the model, or
   *     what keeps weights from being quantized
   */
  public OnnxPolicy build() throws IOException {
    OnnxOptions machine = options.build();
    if (bits.isPresent() && machine.quantizedRollouts().isPresent()) {
      throw new IllegalArgumentException(
          "quantized(%s) samples from quantized weights already; quantizedRollouts(%s) is for weights in full precision"
              .formatted(bits.get(), machine.quantizedRollouts().get()));
    }
    if (bits.isPresent() && machine.device().isCuda()) {
      throw new IllegalArgumentException(
          "quantized(%s) is for a CPU; %s takes weights of 16 bits, as BFLOAT16 files have them"
              .formatted(bits.get(), machine.device()));
    }
    DecoderConfig config = ModelFolder.config(folder);
    PromptFormat format = ModelFolder.promptFormat(folder);
    // Before anything is allocated, the weights are known to be the configuration's.
    try (ModelWeights stored = ModelFolder.openWeights(folder, config)) {
      PolicyModels models = new PolicyModels(folder, stored, config, format, machine, bits);
      return new OnnxPolicy(
          config,
          format,
          ModelFolder.tokenizer(folder),
          machine,
          () -> training.opening().open(models, seed));
    }
  }
}
