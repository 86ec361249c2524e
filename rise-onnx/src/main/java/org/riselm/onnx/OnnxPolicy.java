package org.riselm.onnx;

import static java.util.Objects.requireNonNull;

import com.google.common.primitives.ImmutableDoubleArray;
import com.google.common.primitives.ImmutableIntArray;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.riselm.core.internal.util.Seeds;
import org.riselm.core.mdp.Example;
import org.riselm.core.mdp.Response;
import org.riselm.core.mdp.State;
import org.riselm.core.policy.Completion;
import org.riselm.core.policy.Query;
import org.riselm.core.policy.SamplingOptions;
import org.riselm.core.policy.SamplingProgress;
import org.riselm.core.policy.ScoringPolicy;
import org.riselm.core.policy.TrainablePolicy;
import org.riselm.core.policy.TrainingOptions;
import org.riselm.core.policy.TrainingProgress;
import org.riselm.core.policy.TrainingRequest;
import org.riselm.core.policy.TrainingSummary;
import org.riselm.core.policy.spi.DeviceMemoryMeter;
import org.riselm.core.policy.spi.Provenance;
import org.riselm.core.policy.spi.TrainingCheckpoints;
import org.riselm.onnx.internal.decoder.DecoderGraphs;
import org.riselm.onnx.internal.decoder.ModelTensors;
import org.riselm.onnx.internal.decoder.ParameterBlock;
import org.riselm.onnx.internal.decoder.ParameterLayout;
import org.riselm.onnx.internal.folder.ScratchFolder;
import org.riselm.onnx.internal.folder.SidecarFiles;
import org.riselm.onnx.internal.folder.safetensors.Dtype;
import org.riselm.onnx.internal.generate.GenerationResult;
import org.riselm.onnx.internal.generate.Generator;
import org.riselm.onnx.internal.generate.GeneratorLimits;
import org.riselm.onnx.internal.generate.Prompt;
import org.riselm.onnx.internal.memory.MemoryBudget;
import org.riselm.onnx.internal.policy.PhaseRunner;
import org.riselm.onnx.internal.policy.PolicyModel;
import org.riselm.onnx.internal.policy.WholeModel;
import org.riselm.onnx.internal.runtime.SessionSettings;
import org.riselm.onnx.internal.train.AdamW;
import org.riselm.onnx.internal.train.DecoderArtifacts;
import org.riselm.onnx.internal.train.EncodedExample;
import org.riselm.onnx.internal.train.GraphStepExecutor;
import org.riselm.onnx.internal.train.Scorer;
import org.riselm.onnx.internal.train.StepExecutor;
import org.riselm.onnx.internal.train.TrainingLoop;
import org.riselm.onnx.internal.train.TrainingSessionExecutor;
import org.riselm.onnx.internal.util.Resources;
import org.riselm.onnx.model.DecoderConfig;
import org.riselm.onnx.text.Conversation;
import org.riselm.onnx.text.EncodedTurn;
import org.riselm.onnx.text.PromptFormat;
import org.riselm.onnx.text.PromptPieces;
import org.riselm.onnx.text.Tokenizer;
import org.riselm.onnx.text.UnencodableTextException;

/**
 * A decoder language model on ONNX Runtime that samples and learns. One engine does both: what is
 * sampled and what is learned go through graphs of the same model with the same weights.
 *
 * <p>A model folder is a Hugging Face one: {@code config.json}, {@code tokenizer.json} and weights
 * in {@code model.safetensors} or several files with an index. {@code prompt_format.json} says how
 * states become prompts, and where it is missing the model's chat template does. Weights that are
 * trained become floats of 32 bits, exactly; weights that stay as they are beside {@linkplain
 * OnnxPolicyBuilder#lora adapters} keep the precision of their files. Model folders that are
 * written have every other file as it was found. Holds native memory until it is closed. Not
 * thread-safe.
 */
public final class OnnxPolicy
    implements TrainablePolicy, ScoringPolicy, Provenance, DeviceMemoryMeter, AutoCloseable {
  private final DecoderConfig config;
  private final PromptFormat format;
  private final OnnxOptions options;
  private final Resources resources = new Resources();
  private final Tokenizer tokenizer;
  private final PolicyModel model;
  private final PhaseRunner phases;
  // Made from the weights as they were; gone as soon as they change.
  private @Nullable Generator generator;
  private boolean closed;

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
    this.phases = new PhaseRunner(options.device());
    try {
      this.tokenizer = resources.add(Tokenizer.load(tokenizerJson));
      if (tokenizer.vocabularySize() > config.vocabularySize()) {
        throw new IOException(
            "%s: the tokenizer has %d tokens, more than the model's vocabulary of %d"
                .formatted(tokenizerJson, tokenizer.vocabularySize(), config.vocabularySize()));
      }
      format.stopIds(tokenizer);
      this.model = resources.add(source.open());
    } catch (IOException | RuntimeException e) {
      resources.close();
      throw e;
    }
  }

  /**
   * A model with random weights, all of them trained.
   *
   * @param config its numbers
   * @param tokenizerJson a Hugging Face {@code tokenizer.json}
   * @param format how states become tokens
   * @param seed of the weights
   * @throws IOException naming the file, if the tokenizer cannot be read or has more tokens than
   *     the model
   */
  public static OnnxPolicy create(
      DecoderConfig config, Path tokenizerJson, PromptPieces format, long seed, OnnxOptions options)
      throws IOException {
    return new OnnxPolicy(
        config,
        format,
        tokenizerJson,
        options,
        () -> {
          new MemoryBudget(ParameterLayout.full(config), options).requireLoading();
          return new WholeModel(
              config,
              SidecarFiles.ofTokenizer(tokenizerJson),
              format,
              ParameterBlock.random(config, seed));
        });
  }

  /** The model in {@code folder}, a Hugging Face one or what {@link #save} wrote. */
  public static OnnxPolicyBuilder builder(Path folder) {
    return new OnnxPolicyBuilder(folder);
  }

  /** The model's numbers. */
  public DecoderConfig config() {
    return config;
  }

  @Override
  public Map<String, String> provenance() {
    Map<String, String> said = new LinkedHashMap<>();
    said.put("model", config.toString());
    model.tensors().layout().lora().ifPresent(lora -> said.put("adapters", lora.toString()));
    said.put("onnxRuntime", options.toString());
    return said;
  }

  /** The model's tokenizer, which this owns. */
  public Tokenizer tokenizer() {
    return tokenizer;
  }

  /** The number of trainable numbers. */
  public long parameterCount() {
    return model.tensors().trained().elements();
  }

  @Override
  public List<Completion> complete(
      List<Query> queries, SamplingOptions sampling, SamplingProgress progress) {
    requireOpen();
    List<Prompt> prompts = new ArrayList<>();
    for (Query query : queries) {
      prompts.add(Prompt.of(format.prompt(query.state(), tokenizer), query.seed()));
    }
    int longest = prompts.stream().mapToInt(p -> p.ids().length()).max().orElse(0);
    long tokens = Math.min(config.contextLength(), (long) longest + sampling.maxNewTokens());
    int rows = Math.min(options.samplingBatch(), prompts.size());
    MemoryPlan plan = MemoryPlan.ofSampling(model.tensors().layout(), options, rows, tokens);
    budget().requireSampling(plan, generator != null);
    return phase("sampling", plan, () -> generator().generate(prompts, sampling, progress)).stream()
        .map(this::completion)
        .toList();
  }

  private Completion completion(GenerationResult g) {
    String text = tokenizer.decodeSampled(g.tokens().toArray());
    return new Completion(
        new Response(text, g.tokens(), g.finish()), g.logProbabilities(), g.failure());
  }

  private Generator generator() {
    if (generator == null) {
      GeneratorLimits limits =
          new GeneratorLimits(
              config.contextLength(),
              ImmutableIntArray.copyOf(format.stopIds(tokenizer)),
              options.samplingBatch(),
              options.prefixBytes());
      ParameterLayout layout = model.tensors().layout().computedIn(options.samplingPrecision());
      generator =
          Generator.load(
              DecoderGraphs.sampling(layout).toModel(),
              new SessionSettings(options.threads(), model.tensors().all(), options.device()),
              limits);
    }
    return generator;
  }

  private MemoryBudget budget() {
    return new MemoryBudget(model.tensors().layout(), options);
  }

  private <T> T phase(String name, MemoryPlan plan, Supplier<T> work) {
    return phases.run(name, plan, this::dropGenerator, work);
  }

  /**
   * What the latest phase used of the device's memory; empty before the first, and on the CPU.
   *
   * @see MemoryPlan
   */
  public Optional<PhaseMemoryUse> phaseUse() {
    return phases.latest();
  }

  @Override
  public long drainPeakBytes() {
    return phases.takeMost();
  }

  @Override
  public TrainingSummary train(
      List<Example> examples,
      TrainingRequest training,
      TrainingProgress progress,
      TrainingCheckpoints points) {
    requireOpen();
    if (examples.isEmpty()) {
      throw new IllegalArgumentException("there are no examples to train on");
    }
    return learn(examples.stream().map(this::encodeFitting).toList(), training, progress, points);
  }

  /**
   * Learns every answer of {@code conversations}, each in the context of what stands before it,
   * with a fresh optimizer. The loss is that of {@link #train}; an answer is an example there.
   *
   * @param conversations at least one
   * @param training how
   * @param progress told after every optimizer step
   * @throws IllegalArgumentException naming the source of a conversation that has an answer whose
   *     place cannot be told, or that does not fit the context. Nothing has been learned then
   */
  public TrainingSummary fineTune(
      List<Conversation> conversations, TrainingRequest training, TrainingProgress progress) {
    requireOpen();
    if (conversations.isEmpty()) {
      throw new IllegalArgumentException("there are no conversations to train on");
    }
    List<EncodedExample> encoded = new ArrayList<>();
    for (Conversation c : conversations) {
      int answer = 0;
      for (EncodedTurn turn : format.turns(c.source(), c.messages(), tokenizer)) {
        answer++;
        encoded.add(
            requireFitting(
                "%s, answer %d".formatted(c.source(), answer),
                new EncodedExample(
                    turn.prompt(), turn.target(), ImmutableDoubleArray.of(c.weight()))));
      }
    }
    return learn(encoded, training, progress, TrainingCheckpoints.NONE);
  }

  private TrainingSummary learn(
      List<EncodedExample> encoded,
      TrainingRequest training,
      TrainingProgress progress,
      TrainingCheckpoints points) {
    dropGenerator();
    ParameterLayout layout = model.tensors().layout().computedIn(options.precision());
    MemoryPlan plan = MemoryPlan.ofTraining(layout, options, encoded, training.options());
    budget().requireTraining(plan);
    return phase(
        "training",
        plan,
        () -> {
          try (Resources run = new Resources()) {
            StepExecutor executor = run.add(executor(run, training));
            return TrainingLoop.run(
                executor, encoded, training, options.microBatchTokens(), progress, points);
          }
        });
  }

  /** {@inheritDoc} As the training graph computes them. */
  @Override
  public List<ImmutableDoubleArray> logProbabilities(List<Example> examples) {
    requireOpen();
    List<EncodedExample> encoded = examples.stream().map(this::encodeFitting).toList();
    Device device = options.device();
    if (!device.hasOwnMemory()) {
      try (Scorer scorer = new Scorer(model.tensors(), options.threads())) {
        return scorer.logProbabilities(encoded, options.microBatchTokens());
      }
    }
    dropGenerator();
    ParameterLayout layout = model.tensors().layout().computedIn(options.precision());
    MemoryPlan plan = MemoryPlan.ofScoring(layout, options, encoded);
    budget().requireScoring(plan);
    return phase(
        "scoring",
        plan,
        () -> {
          try (Resources run = new Resources()) {
            ModelTensors there = model.tensors().on(device, options.precision(), run);
            Scorer scorer = run.add(new Scorer(there, options.threads()));
            return scorer.logProbabilities(encoded, options.microBatchTokens());
          }
        });
  }

  /**
   * {@inheritDoc}
   *
   * @throws NotEnoughMemoryException if not even a batch of one token would fit into memory
   */
  /** Returns 2e-4 for adapters, 1e-5 for whole models. */
  @Override
  public double defaultLearningRate() {
    return model.tensors().layout().lora().isPresent()
        ? 2e-4
        : TrainablePolicy.super.defaultLearningRate();
  }

  @Override
  public void requireTrainable(TrainingOptions training) {
    requireOpen();
    ParameterLayout layout = model.tensors().layout().computedIn(options.precision());
    budget().requireTraining(MemoryPlan.ofLeastTraining(layout, options));
  }

  private StepExecutor plain(TrainingRequest training) {
    AdamW optimizer = AdamW.of(training.options(), AdamW.Decay.MATRICES);
    long seed = Seeds.derive(training.seed(), Seeds.coordinate("dropout"));
    Device device = options.device();
    ModelTensors tensors = model.tensors().recomputing(options.recomputation());
    return device.hasOwnMemory()
        ? GraphStepExecutor.on(
            device, options.precision(), tensors, optimizer, options.threads(), seed)
        : new GraphStepExecutor(tensors, optimizer, options.threads(), seed);
  }

  private StepExecutor executor(Resources run, TrainingRequest training) {
    return switch (options.stepping()) {
      case PLAIN_SESSIONS -> plain(training);
      case TRAINING_SESSION ->
          new TrainingSessionExecutor(
              config,
              model.tensors().trained(),
              AdamW.of(training.options(), AdamW.Decay.ALL),
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
   * @throws IllegalStateException if adapters are trained: the artifacts train whole models only
   */
  public void writeArtifacts(Path folder, TrainingOptions training) {
    requireOpen();
    if (model.tensors().layout().lora().isPresent()) {
      throw new IllegalStateException("the artifacts train whole models only; this has adapters");
    }
    DecoderArtifacts.of(config, model.tensors().trained(), AdamW.of(training, AdamW.Decay.ALL))
        .write(folder);
  }

  @Override
  public boolean fits(Example example) {
    requireOpen();
    try {
      return length(encode(example)) <= config.contextLength();
    } catch (UnencodableTextException e) {
      return false; // A teacher's words, which this vocabulary does not have.
    }
  }

  private EncodedExample encodeFitting(Example example) {
    State state = example.state();
    return requireFitting(
        "problem %s, turn %d".formatted(state.problem().id(), state.turn()), encode(example));
  }

  private EncodedExample requireFitting(String where, EncodedExample encoded) {
    if (length(encoded) > config.contextLength()) {
      throw new IllegalArgumentException(
          "%s: a prompt of %d tokens and a response of %d do not fit a context of %d"
              .formatted(
                  where,
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
    EncodedTurn turn = format.turn(example.state(), example.response(), tokenizer);
    if (example.weights().length() != 1 && example.weights().length() != turn.target().length()) {
      throw new IllegalArgumentException(
          "problem %s, turn %d: the example has %d weights, but %d tokens are learned, a stop token included; weigh sampled responses only, or give one weight for all"
              .formatted(
                  example.state().problem().id(),
                  example.state().turn(),
                  example.weights().length(),
                  turn.target().length()));
    }
    return new EncodedExample(turn.prompt(), turn.target(), example.weights());
  }

  /**
   * Writes what was trained: a model folder of 32-bit floats, or if adapters are trained, these
   * only, as Hugging Face's PEFT has them.
   */
  @Override
  public void save(Path folder) throws IOException {
    requireOpen();
    model.save(folder);
  }

  /**
   * Takes back the parameters that {@link #save} wrote; the folder's model, or adapters, must be
   * like this one's.
   */
  @Override
  public void restore(Path folder) throws IOException {
    requireOpen();
    dropGenerator();
    model.restore(folder);
  }

  /**
   * Writes the whole model as a Hugging Face folder, of 32-bit floats: what this policy computes
   * with, to the bit, but for adapters, which are merged into the weights.
   *
   * @param folder new or empty; it appears whole or not at all
   */
  public void export(Path folder) throws IOException {
    export(folder, Dtype.F32);
  }

  /**
   * Writes the whole model as a Hugging Face folder, adapters merged into the weights. More than 5
   * GB of weights go into several files.
   *
   * @param folder new or empty; it appears whole or not at all
   * @param dtype F32, or BF16 or F16, to which every number is rounded
   * @throws IOException if it cannot be written, or naming a weight that is too large for {@code
   *     dtype}
   */
  public void export(Path folder, Dtype dtype) throws IOException {
    requireOpen();
    if (!dtype.isReadable()) {
      throw new IllegalArgumentException("dtype is " + dtype + "; F32, F16 or BF16");
    }
    model.export(folder, dtype);
  }

  /**
   * Writes the whole model, adapters merged, as an ONNX model for inference: {@code model.onnx}
   * with the inputs and outputs that Hugging Face Optimum names, a key-value cache among them;
   * larger models have their weights in {@code model.onnx_data}. Beside it are the files that
   * {@link #export(Path)} writes, and {@code genai_config.json} for onnxruntime-genai. In fp32, and
   * in operators of ONNX itself.
   *
   * @param folder new or empty; it appears whole or not at all
   */
  public void exportOnnx(Path folder) throws IOException {
    requireOpen();
    model.exportOnnx(folder, format.stopIds(tokenizer));
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
