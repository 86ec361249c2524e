package org.riselm.onnx;

import static java.util.Objects.requireNonNull;

import com.google.common.primitives.ImmutableIntArray;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.riselm.core.mdp.Example;
import org.riselm.core.policy.Completion;
import org.riselm.core.policy.LogProbabilities;
import org.riselm.core.policy.ProgressListener;
import org.riselm.core.policy.Query;
import org.riselm.core.policy.SamplingOptions;
import org.riselm.core.policy.ScoringPolicy;
import org.riselm.core.policy.TrainablePolicy.DataParallel;
import org.riselm.core.policy.TrainingOptions;
import org.riselm.core.policy.TrainingRequest;
import org.riselm.core.policy.TrainingSummary;
import org.riselm.core.policy.spi.DeviceMemoryMeter;
import org.riselm.core.policy.spi.Provenance;
import org.riselm.core.policy.spi.SamplingMeter;
import org.riselm.core.policy.spi.TrainingCheckpoints;
import org.riselm.onnx.internal.artifact.DecoderArtifacts;
import org.riselm.onnx.internal.folder.safetensors.Dtype;
import org.riselm.onnx.internal.generate.Prompt;
import org.riselm.onnx.internal.policy.ExampleEncoder;
import org.riselm.onnx.internal.policy.PolicyModel;
import org.riselm.onnx.internal.policy.PolicyModels;
import org.riselm.onnx.internal.policy.PolicyPhases;
import org.riselm.onnx.internal.policy.StopIds;
import org.riselm.onnx.internal.runtime.ElementType;
import org.riselm.onnx.internal.runtime.OrtLibrary;
import org.riselm.onnx.internal.train.AdamW;
import org.riselm.onnx.internal.util.ExclusiveUse;
import org.riselm.onnx.internal.util.Resources;
import org.riselm.onnx.model.DecoderConfig;
import org.riselm.onnx.text.Conversation;
import org.riselm.onnx.text.PromptFormat;
import org.riselm.onnx.text.PromptPieces;
import org.riselm.onnx.text.Tokenizer;

/**
 * A decoder language model on ONNX Runtime that samples and learns. One engine does both: graphs of
 * the same model with the same weights sample and train.
 *
 * <p>A model folder is a Hugging Face one: {@code config.json}, {@code tokenizer.json} and weights
 * in {@code model.safetensors} or several files with an index. {@code prompt_format.json} says how
 * states become prompts; without it, the model's chat template does. Weights that are trained
 * become floats of 32 bits, exactly; frozen weights keep the precision of their files.
 *
 * <table>
 * <caption>What is written and read</caption>
 * <tr><th>call</th><th>what</th><th>for</th></tr>
 * <tr><td>{@link #save}</td><td>what was trained: adapters as PEFT has them, or a model folder of
 * FLOAT32</td><td>{@link #restore}, {@link OnnxPolicyBuilder#adapter}, PEFT</td></tr>
 * <tr><td>{@link #restore}</td><td>reads what {@code save} wrote, into a policy of the same model
 * and adapters</td><td>going on</td></tr>
 * <tr><td>{@link OnnxPolicyBuilder#adapter}</td><td>reads adapters that {@code save} or PEFT
 * wrote</td><td>training on</td></tr>
 * <tr><td>{@link #export(Path, Precision)}</td><td>the whole model as a Hugging Face folder,
 * adapters merged</td><td>transformers, vLLM, {@link #builder}</td></tr>
 * <tr><td>{@link #exportOnnx}</td><td>the whole model as ONNX with a key-value cache</td><td>
 * Optimum, onnxruntime-genai</td></tr>
 * <tr><td>{@link #writeArtifacts}</td><td>the four training artifacts</td><td>ONNX Runtime's
 * training session</td></tr>
 * </table>
 *
 * <p>Holds native memory until it is closed. Threads may use it one after the other, but not at the
 * same time: a call while another thread's is running throws an {@link IllegalStateException} that
 * names both. A listener that hears of a call must not call the policy either, but for {@link
 * #close}.
 */
public final class OnnxPolicy
    implements DataParallel, ScoringPolicy, Provenance, DeviceMemoryMeter, AutoCloseable {
  private static final double ADAPTERS_LEARNING_RATE = 2e-4;

  private final DecoderConfig config;
  private final PromptFormat format;
  private final OnnxOptions options;
  private final Resources resources = new Resources();
  private final Tokenizer tokenizer;
  private final PolicyModel model;
  private final ExampleEncoder encoder;
  private final PolicyPhases phases;
  private final ExclusiveUse use = new ExclusiveUse("the policy");

  OnnxPolicy(
      DecoderConfig config,
      PromptFormat format,
      Path tokenizerJson,
      OnnxOptions options,
      PolicyModel.Source source)
      throws IOException {
    this.config = requireNonNull(config, "config");
    this.format = requireNonNull(format, "format");
    this.options = requireNonNull(options, "options");
    OrtLibrary.require();
    try {
      this.tokenizer = resources.add(Tokenizer.load(tokenizerJson, config.vocabularySize()));
      ImmutableIntArray stopIds =
          StopIds.of(format, tokenizer, tokenizerJson, config.vocabularySize());
      this.encoder = new ExampleEncoder(format, tokenizer, config.contextLength());
      this.model = resources.add(source.open());
      options.quantizedRollouts().ifPresent(model.tensors().layout()::quantizedCopy);
      this.phases = resources.add(new PolicyPhases(model, stopIds, options));
    } catch (IOException | RuntimeException e) {
      resources.close();
      throw e;
    }
  }

  /**
   * Creates a model with random weights, all of them trained.
   *
   * @param config its numbers
   * @param tokenizerJson a Hugging Face {@code tokenizer.json}
   * @param format how states become tokens
   * @param seed of the weights
   * @param options the options
   * @return the policy, which the caller closes
   * @throws IOException naming the file, if the tokenizer cannot be read
   */
  public static OnnxPolicy create(
      DecoderConfig config, Path tokenizerJson, PromptPieces format, long seed, OnnxOptions options)
      throws IOException {
    return new OnnxPolicy(
        config,
        format,
        tokenizerJson,
        options,
        () -> PolicyModels.random(config, tokenizerJson, format, seed, options));
  }

  /**
   * Starts with the model in {@code folder}: a Hugging Face one, what {@link #export} wrote, or a
   * GGUF file.
   *
   * @param folder the folder of the model, or its GGUF file
   * @return a builder
   */
  public static OnnxPolicyBuilder builder(Path folder) {
    return new OnnxPolicyBuilder(folder);
  }

  /** {@return the model's numbers} */
  public DecoderConfig config() {
    return config;
  }

  @Override
  public Map<String, String> provenance() {
    Map<String, String> said = new LinkedHashMap<>();
    said.put("model", config.toString());
    model.tensors().layout().lora().ifPresent(lora -> said.put("adapters", lora.toString()));
    model
        .tensors()
        .layout()
        .bits()
        .ifPresent(bits -> said.put("quantized", bits.count() + " bits in blocks of 32"));
    said.put("onnxRuntime", options.toString());
    return said;
  }

  /** {@return the model's tokenizer, which this owns} */
  public Tokenizer tokenizer() {
    return tokenizer;
  }

  /** {@return how many numbers are trained} */
  public long parameterCount() {
    return model.tensors().trained().elements();
  }

  /**
   * {@inheritDoc}
   *
   * @throws NotEnoughMemoryException if the sampler and its cache do not fit into memory
   */
  @Override
  public List<Completion> complete(
      List<Query> queries, SamplingOptions sampling, ProgressListener progress) {
    SamplingMeter meter = new SamplingMeter(queries.size(), progress);
    return use.call(
        () -> {
          List<Prompt> prompts =
              queries.stream()
                  .map(q -> Prompt.of(format.prompt(q.state(), tokenizer), q.seed()))
                  .toList();
          return phases.sample(prompts, sampling, meter::advanced).stream()
              .map(result -> result.completion(tokenizer))
              .toList();
        });
  }

  /** {@return what the latest phase used of the device's memory; empty on the CPU} */
  public Optional<PhaseMemoryUse> phaseUse() {
    return phases.latest();
  }

  @Override
  public long drainPeakBytes() {
    return phases.takeMost();
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalStateException if the policy is {@linkplain OnnxPolicyBuilder#frozen frozen}
   * @throws NotEnoughMemoryException if training does not fit into memory
   */
  @Override
  public TrainingSummary train(
      List<Example> examples,
      TrainingRequest training,
      ProgressListener progress,
      TrainingCheckpoints points) {
    return learn(examples, training, progress, points, null);
  }

  /** {@inheritDoc} Refused if adapters have dropout, or there are more than 2 GiB of parameters. */
  @Override
  public TrainingSummary train(
      List<Example> examples,
      TrainingRequest training,
      ProgressListener progress,
      TrainingCheckpoints points,
      Workers workers) {
    return learn(examples, training, progress, points, requireNonNull(workers, "workers"));
  }

  private TrainingSummary learn(
      List<Example> examples,
      TrainingRequest training,
      ProgressListener progress,
      TrainingCheckpoints points,
      @Nullable Workers workers) {
    return use.call(
        () -> {
          requireTrainable(!examples.isEmpty(), "examples");
          return phases.train(encoder.examples(examples), training, progress, points, workers);
        });
  }

  @Override
  public Gradient gradient(float[] parameters, Share share) {
    return use.call(() -> phases.gradient(parameters, share));
  }

  /**
   * Learns every response of {@code conversations}, each in the context before it, with a fresh
   * optimizer. The loss is that of {@link #train}; a response is an example there.
   *
   * @param conversations at least one
   * @param training how
   * @param progress told after every optimizer step
   * @return what the training did
   * @throws IllegalArgumentException naming the source of a conversation that has a response that
   *     cannot be located, or that does not fit the context. Nothing has been learned then
   * @throws IllegalStateException if the policy is frozen
   */
  public TrainingSummary fineTune(
      List<Conversation> conversations, TrainingRequest training, ProgressListener progress) {
    return use.call(
        () -> {
          requireTrainable(!conversations.isEmpty(), "conversations");
          return phases.train(
              encoder.conversations(conversations),
              training,
              progress,
              TrainingCheckpoints.NONE,
              null);
        });
  }

  private void requireTrainable(boolean some, String what) {
    model.requireTrainable();
    if (!some) {
      throw new IllegalArgumentException("there are no %s to train on".formatted(what));
    }
  }

  /** {@inheritDoc} As the training graph computes them. */
  @Override
  public List<LogProbabilities> logProbabilities(List<Example> examples) {
    return use.call(() -> phases.score(encoder.examples(examples)));
  }

  /**
   * {@inheritDoc}
   *
   * @throws NotEnoughMemoryException if not even a batch of one token would fit into memory
   * @throws IllegalStateException if the policy is frozen
   */
  @Override
  public void requireTrainable(TrainingOptions training) {
    use.run(phases::requireTrainable);
  }

  /**
   * {@inheritDoc}
   *
   * @return 2e-4 for adapters, which learn little at the rate for whole weights
   */
  @Override
  public double defaultLearningRate() {
    return model.tensors().layout().lora().isPresent()
        ? ADAPTERS_LEARNING_RATE
        : DataParallel.super.defaultLearningRate();
  }

  /**
   * {@inheritDoc} Not if it samples from a {@linkplain OnnxOptions.Builder#quantizedRollouts
   * quantized copy}.
   */
  @Override
  public boolean samplesExactly() {
    return options.quantizedRollouts().isEmpty();
  }

  @Override
  public boolean fits(Example example) {
    use.requireOpen();
    return encoder.fits(example);
  }

  /**
   * Writes the four training artifacts, in ONNX Runtime's own format, to train these weights on
   * elsewhere: {@code training_model.onnx}, {@code eval_model.onnx}, {@code optimizer_model.onnx}
   * and {@code checkpoint}. Their user inputs are {@code input_ids} [batch, sequence], {@code
   * target_positions}, {@code target_ids} and {@code target_weights} [targets].
   *
   * @param folder new or empty; it appears whole or not at all
   * @param training whose AdamW settings the optimizer has; every parameter decays
   * @throws IllegalStateException if not every weight is trained: the artifacts train whole models
   */
  public void writeArtifacts(Path folder, TrainingOptions training) {
    use.run(
        () -> {
          model.requireTrainable();
          if (model.tensors().layout().lora().isPresent()) {
            throw new IllegalStateException(
                "the artifacts train whole models only; this has adapters");
          }
          DecoderArtifacts.of(
                  config, model.tensors().trained(), AdamW.of(training, AdamW.Decay.ALL))
              .write(folder);
        });
  }

  /**
   * Writes what was trained: a model folder of 32-bit floats or, if adapters are trained, these
   * only, as Hugging Face's PEFT has them.
   *
   * @throws IllegalStateException if the policy is frozen
   */
  @Override
  public void save(Path folder) throws IOException {
    use.run(() -> model.save(folder));
  }

  /**
   * Restores the parameters that {@link #save} wrote; the folder's model, or adapters, must be like
   * this one's.
   *
   * @throws IllegalStateException if the policy is frozen
   */
  @Override
  public void restore(Path folder) throws IOException {
    use.run(
        () -> {
          phases.weightsChange();
          model.restore(folder);
        });
  }

  /**
   * Writes the whole model in FLOAT32; see {@link #export(Path, Precision)}.
   *
   * @param folder new or empty
   * @throws IOException if reading or writing fails; names the file
   */
  public void export(Path folder) throws IOException {
    export(folder, Precision.FLOAT32);
  }

  /**
   * Writes the whole model as a Hugging Face folder, adapters merged into the weights. More than 5
   * GB of weights go into several files; every other file is as it was found. In FLOAT32, a model
   * without adapters is the one that this policy computes with, to the bit.
   *
   * @param folder new or empty; it appears whole or not at all
   * @param precision to which every number is rounded
   * @throws IOException if it cannot be written, or naming a weight that is too large for {@code
   *     precision}
   */
  public void export(Path folder, Precision precision) throws IOException {
    use.run(() -> model.export(folder, Dtype.of(ElementType.of(precision))));
  }

  /**
   * Writes the whole model, adapters merged, as an ONNX model for inference: {@code model.onnx}
   * with the inputs and outputs that Hugging Face Optimum names, a key-value cache among them;
   * larger models have their weights in {@code model.onnx_data}. Beside it are the files that
   * {@link #export(Path)} writes, and {@code genai_config.json} for onnxruntime-genai. In FLOAT32,
   * and in operators of ONNX itself.
   *
   * @param folder new or empty; it appears whole or not at all
   * @throws IOException if reading or writing fails; names the file
   */
  public void exportOnnx(Path folder) throws IOException {
    use.run(() -> model.exportOnnx(folder, format.stopIds(tokenizer)));
  }

  /**
   * Writes the whole model, adapters merged, as one GGUF file, for llama.cpp and Ollama: with its
   * tokenizer and its chat template, and with what is no matrix in 32 bits.
   *
   * @param file to write; it appears whole or not at all, and replaces what is there
   * @param type of the matrices
   * @throws IOException if it cannot be written, or naming what of the model a GGUF file cannot
   *     say: another family than llama, mistral, qwen2 and qwen3, a sliding window, a tokenizer
   *     that llama.cpp has no name for; or a weight that is too large for {@code type}
   */
  public void exportGguf(Path file, Precision.Gguf type) throws IOException {
    use.run(() -> model.exportGguf(file, type, tokenizer.toJson(), format.stopIds(tokenizer)));
  }

  /**
   * Frees the native memory. A call that another thread is in ends with a {@link
   * java.util.concurrent.CancellationException} within a run of a graph, and this waits for its
   * end; called by a listener of the call itself, this does not wait, and the memory is freed when
   * the call has ended. Closing twice is harmless.
   */
  @Override
  public void close() {
    use.close(resources::close);
  }
}
