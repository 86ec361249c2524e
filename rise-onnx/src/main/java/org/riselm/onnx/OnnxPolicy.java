package org.riselm.onnx;

import static java.util.Objects.requireNonNull;

import com.google.common.primitives.ImmutableIntArray;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.riselm.core.mdp.Example;
import org.riselm.core.mdp.Response;
import org.riselm.core.policy.Completion;
import org.riselm.core.policy.Provenance;
import org.riselm.core.policy.Query;
import org.riselm.core.policy.Sampling;
import org.riselm.core.policy.SamplingProgress;
import org.riselm.core.policy.TrainablePolicy;
import org.riselm.core.policy.Training;
import org.riselm.core.policy.TrainingProgress;
import org.riselm.core.policy.TrainingSummary;
import org.riselm.onnx.generate.Generated;
import org.riselm.onnx.generate.Generator;
import org.riselm.onnx.generate.GeneratorLimits;
import org.riselm.onnx.generate.Prompt;
import org.riselm.onnx.model.DecoderConfig;
import org.riselm.onnx.model.DecoderGraphs;
import org.riselm.onnx.model.Layout;
import org.riselm.onnx.model.ModelTensors;
import org.riselm.onnx.model.Weights;
import org.riselm.onnx.runtime.Resources;
import org.riselm.onnx.runtime.SessionSettings;
import org.riselm.onnx.safetensors.ModelWeights;
import org.riselm.onnx.text.PromptFormat;
import org.riselm.onnx.text.Tokenizer;
import org.riselm.onnx.train.AdamW;
import org.riselm.onnx.train.Batches;
import org.riselm.onnx.train.DecoderArtifacts;
import org.riselm.onnx.train.EncodedExample;
import org.riselm.onnx.train.PlainExecutor;
import org.riselm.onnx.train.Scorer;
import org.riselm.onnx.train.StepExecutor;
import org.riselm.onnx.train.TrainingLoop;
import org.riselm.onnx.train.TrainingSessionExecutor;

/**
 * A decoder language model on ONNX Runtime that samples and learns. One engine does both: what is
 * sampled and what is learned go through graphs of the same model with the same weights.
 *
 * <p>A model folder is a Hugging Face one: {@code config.json}, {@code tokenizer.json} and weights
 * in {@code model.safetensors} or several files with an index; with {@code prompt_format.json}
 * beside them. Weights of 16 bits become floats of 32, exactly. Folders that are written have one
 * file of 32-bit floats, and every other file as it was found. Holds native memory until it is
 * closed. Not thread-safe.
 */
public final class OnnxPolicy implements TrainablePolicy, Provenance, AutoCloseable {
  private final DecoderConfig config;
  private final PromptFormat format;
  private final OnnxOptions options;
  private final CompanionFiles companions;
  private final Resources resources = new Resources();
  private final Tokenizer tokenizer;
  private final Weights weights;
  // Made from the weights as they were; gone as soon as they change.
  private @Nullable Generator generator;
  private boolean closed;

  private OnnxPolicy(
      DecoderConfig config,
      PromptFormat format,
      Path tokenizerJson,
      CompanionFiles companions,
      OnnxOptions options)
      throws IOException {
    this.config = requireNonNull(config, "config");
    this.format = requireNonNull(format, "format");
    this.options = requireNonNull(options, "options");
    try {
      this.tokenizer = resources.add(Tokenizer.load(tokenizerJson));
      this.companions = companions;
      if (tokenizer.vocabularySize() > config.vocabularySize()) {
        throw new IOException(
            "%s: the tokenizer has %d tokens, more than the model's vocabulary of %d"
                .formatted(tokenizerJson, tokenizer.vocabularySize(), config.vocabularySize()));
      }
      format.stopIds(tokenizer);
      this.weights = resources.add(Weights.zeros(config));
    } catch (IOException | RuntimeException e) {
      resources.close();
      throw e;
    }
  }

  /**
   * A model with random weights.
   *
   * @param config its numbers
   * @param tokenizerJson a Hugging Face {@code tokenizer.json}
   * @param format how states become tokens
   * @param seed of the weights
   * @throws IOException naming the file, if the tokenizer cannot be read or has more tokens than
   *     the model
   */
  public static OnnxPolicy create(
      DecoderConfig config, Path tokenizerJson, PromptFormat format, long seed, OnnxOptions options)
      throws IOException {
    OnnxPolicy policy =
        new OnnxPolicy(
            config, format, tokenizerJson, CompanionFiles.ofTokenizer(tokenizerJson), options);
    policy.weights.randomize(config, seed);
    return policy;
  }

  /**
   * The model in {@code folder}: a Hugging Face one, or what {@link #save} wrote.
   *
   * @throws IOException naming the file and what is wrong with it
   */
  public static OnnxPolicy load(Path folder, OnnxOptions options) throws IOException {
    DecoderConfig config = ModelFolder.config(folder);
    // Before anything is allocated, the weights are known to be the configuration's.
    try (ModelWeights stored = ModelFolder.openWeights(folder, config)) {
      OnnxPolicy policy =
          new OnnxPolicy(
              config,
              ModelFolder.promptFormat(folder),
              ModelFolder.tokenizer(folder),
              CompanionFiles.read(folder),
              options);
      try {
        ModelFolder.copy(stored, policy.weights);
        return policy;
      } catch (IOException | RuntimeException e) {
        policy.close();
        throw e;
      }
    }
  }

  /** The model's numbers. */
  public DecoderConfig config() {
    return config;
  }

  @Override
  public Map<String, String> provenance() {
    return Map.of("model", config.toString(), "onnxRuntime", options.toString());
  }

  /** The model's tokenizer, which this owns. */
  public Tokenizer tokenizer() {
    return tokenizer;
  }

  /** The number of trainable numbers. */
  public long parameterCount() {
    return weights.elements();
  }

  @Override
  public List<Completion> complete(
      List<Query> queries, Sampling sampling, SamplingProgress progress) {
    requireOpen();
    List<Prompt> prompts = new ArrayList<>();
    for (Query query : queries) {
      prompts.add(Prompt.of(format.prompt(query.state(), tokenizer), query.seed()));
    }
    return generator().generate(prompts, sampling, progress).stream()
        .map(this::completion)
        .toList();
  }

  private Completion completion(Generated g) {
    String text = tokenizer.decode(g.tokens().toArray());
    return new Completion(
        new Response(text, g.tokens(), g.finish()), g.logProbabilities(), g.failure());
  }

  private Generator generator() {
    if (generator == null) {
      GeneratorLimits limits =
          new GeneratorLimits(
              config.contextLength(),
              ImmutableIntArray.copyOf(format.stopIds(tokenizer)),
              options.samplingBatch());
      generator =
          Generator.load(
              DecoderGraphs.sampling(Layout.full(config)).toModel(),
              new SessionSettings(options.threads(), weights.tensors()),
              limits);
    }
    return generator;
  }

  @Override
  public TrainingSummary train(
      List<Example> examples, Training training, TrainingProgress progress) {
    requireOpen();
    if (examples.isEmpty()) {
      throw new IllegalArgumentException("there are no examples to train on");
    }
    List<EncodedExample> encoded = examples.stream().map(this::encodeFitting).toList();
    dropGenerator();
    try (Resources run = new Resources()) {
      StepExecutor executor = run.add(executor(run, training));
      return TrainingLoop.run(executor, encoded, training, options.microBatchTokens(), progress);
    }
  }

  /**
   * The log-probability of every token of an example's response, as the training graph computes it:
   * natural logarithm, at temperature 1.
   */
  public float[] logProbabilities(Example example) {
    requireOpen();
    try (Scorer scorer = new Scorer(ModelTensors.full(config, weights), options.threads())) {
      float[] losses = scorer.tokenLosses(Batches.pack(List.of(encodeFitting(example)), 1));
      for (int i = 0; i < losses.length; i++) {
        losses[i] = -losses[i];
      }
      return losses;
    }
  }

  private StepExecutor executor(Resources run, Training training) {
    return switch (options.stepping()) {
      case PLAIN_SESSIONS ->
          new PlainExecutor(
              ModelTensors.full(config, weights),
              AdamW.of(training, AdamW.Decay.MATRICES),
              options.threads());
      case TRAINING_SESSION ->
          new TrainingSessionExecutor(
              config,
              weights,
              AdamW.of(training, AdamW.Decay.ALL),
              run.add(new ScratchFolder()).path(),
              options.threads());
    };
  }

  /**
   * Writes the four training artifacts, in ONNX Runtime's own format, to train these weights on
   * elsewhere: {@code training_model.onnx}, {@code eval_model.onnx}, {@code optimizer_model.onnx}
   * and {@code checkpoint}. Their user inputs are those of {@link DecoderGraphs#scoring}.
   *
   * @param folder new or empty; it appears whole or not at all
   * @param training whose AdamW settings the optimizer has; every parameter decays
   */
  public void writeArtifacts(Path folder, Training training) {
    requireOpen();
    DecoderArtifacts.of(config, weights, AdamW.of(training, AdamW.Decay.ALL)).write(folder);
  }

  @Override
  public boolean fits(Example example) {
    requireOpen();
    return length(encode(example)) <= config.contextLength();
  }

  private EncodedExample encodeFitting(Example example) {
    EncodedExample encoded = encode(example);
    if (length(encoded) > config.contextLength()) {
      throw new IllegalArgumentException(
          "problem %s, turn %d: a prompt of %d tokens and a response of %d do not fit a context of %d"
              .formatted(
                  example.state().problem().id(),
                  example.state().turn(),
                  encoded.prompt().length(),
                  encoded.target().length(),
                  config.contextLength()));
    }
    return encoded;
  }

  private static int length(EncodedExample e) {
    return e.prompt().length() + e.target().length();
  }

  private EncodedExample encode(Example example) {
    return EncodedExample.of(
        format.prompt(example.state(), tokenizer),
        format.target(example.response(), tokenizer),
        example.weight());
  }

  @Override
  public void save(Path folder) throws IOException {
    requireOpen();
    ModelFolder.write(folder, config, companions, format, weights);
  }

  /**
   * Takes back the parameters that {@link #save} wrote; the folder's model must have this one's
   * numbers.
   */
  @Override
  public void restore(Path folder) throws IOException {
    requireOpen();
    DecoderConfig saved = ModelFolder.config(folder);
    if (!saved.equals(config)) {
      throw new IOException(
          "%s: its model is %s; this policy's is %s".formatted(folder, saved, config));
    }
    try (ModelWeights stored = ModelFolder.openWeights(folder, config)) {
      dropGenerator();
      ModelFolder.copy(stored, weights);
    }
  }

  private void dropGenerator() {
    if (generator != null) {
      generator.close();
      generator = null;
    }
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the policy is closed");
    }
  }

  @Override
  public void close() {
    closed = true;
    dropGenerator();
    resources.close();
  }
}
