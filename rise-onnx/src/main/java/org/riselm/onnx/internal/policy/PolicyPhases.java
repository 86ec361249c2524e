package org.riselm.onnx.internal.policy;

import com.google.common.primitives.ImmutableIntArray;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.riselm.core.internal.util.Seeds;
import org.riselm.core.policy.LogProbabilities;
import org.riselm.core.policy.ProgressListener;
import org.riselm.core.policy.SamplingOptions;
import org.riselm.core.policy.TrainablePolicy.DataParallel.Gradient;
import org.riselm.core.policy.TrainablePolicy.DataParallel.Share;
import org.riselm.core.policy.TrainablePolicy.DataParallel.Workers;
import org.riselm.core.policy.TrainingRequest;
import org.riselm.core.policy.TrainingSummary;
import org.riselm.core.policy.spi.TrainingCheckpoints;
import org.riselm.onnx.Device;
import org.riselm.onnx.Lora;
import org.riselm.onnx.MemoryPlan;
import org.riselm.onnx.OnnxOptions;
import org.riselm.onnx.PhaseMemoryUse;
import org.riselm.onnx.internal.decoder.ModelTensors;
import org.riselm.onnx.internal.decoder.ParameterLayout;
import org.riselm.onnx.internal.folder.BaseWeights;
import org.riselm.onnx.internal.generate.GenerationResult;
import org.riselm.onnx.internal.generate.Generator;
import org.riselm.onnx.internal.generate.GeneratorLimits;
import org.riselm.onnx.internal.generate.Prompt;
import org.riselm.onnx.internal.generate.SamplingProgress;
import org.riselm.onnx.internal.runtime.ElementType;
import org.riselm.onnx.internal.runtime.SessionSettings;
import org.riselm.onnx.internal.train.AdamW;
import org.riselm.onnx.internal.train.EncodedExample;
import org.riselm.onnx.internal.train.GraphStepExecutor;
import org.riselm.onnx.internal.train.Scorer;
import org.riselm.onnx.internal.train.ShareGradients;
import org.riselm.onnx.internal.train.TrainingLoop;
import org.riselm.onnx.internal.util.Mebibytes;
import org.riselm.onnx.internal.util.Resources;

/**
 * The three kinds of work on a model: sampling, training, scoring. Each is planned, held against
 * the memory there is, and done. Not thread-safe.
 */
public final class PolicyPhases implements AutoCloseable {
  private final PolicyModel model;
  private final ImmutableIntArray stopIds;
  private final OnnxOptions options;
  private final Device device;
  private final ElementType precision;
  private final PhaseRunner runner;
  // Made from the weights as they were; dropped as soon as they change.
  private @Nullable Generator generator;
  private final Resources copies = new Resources();
  private @Nullable ShareGradients gradients;

  /**
   * Prepares to work on {@code model}, which stays the caller's.
   *
   * @param stopIds the tokens that end a response
   */
  public PolicyPhases(PolicyModel model, ImmutableIntArray stopIds, OnnxOptions options) {
    this.model = model;
    this.stopIds = stopIds;
    this.options = options;
    this.device = options.device();
    this.precision = ElementType.of(options.precision());
    this.runner = new PhaseRunner(device);
  }

  /** Samples a response to each prompt, in their order. */
  public List<GenerationResult> sample(
      List<Prompt> prompts, SamplingOptions sampling, SamplingProgress progress) {
    int context = model.config().contextLength();
    int longest = prompts.stream().mapToInt(p -> p.ids().length()).max().orElse(0);
    long tokens = Math.min(context, (long) longest + sampling.maxNewTokens());
    int rows = Math.min(options.samplingBatch(), prompts.size());
    MemoryPlan plan = budget().requireSampling(rows, tokens, generator != null);
    return run("sampling", plan, () -> generator().generate(prompts, sampling, progress));
  }

  private Generator generator() {
    if (generator == null) {
      weightsChange(); // Closes what there is of an attempt that failed, too.
      ModelTensors tensors =
          options
              .quantizedRollouts()
              .map(bits -> BaseWeights.quantizedCopy(copies, model.tensors(), bits))
              .orElseGet(model::tensors);
      ParameterLayout layout = tensors.layout().computedIn(MemoryPlanner.samplingType(options));
      generator =
          Generator.load(
              layout,
              new SessionSettings(options.threads(), tensors.all(), device),
              new GeneratorLimits(
                  model.config().contextLength(),
                  stopIds,
                  options.samplingBatch(),
                  options.prefixBytes()));
    }
    return generator;
  }

  /**
   * Learns {@code examples} with a fresh optimizer.
   *
   * @param workers compute the gradients; null if this does
   */
  public TrainingSummary train(
      List<EncodedExample> examples,
      TrainingRequest training,
      ProgressListener progress,
      TrainingCheckpoints points,
      @Nullable Workers workers) {
    if (workers != null) {
      requireShareable();
    }
    weightsChange();
    int batch = Math.min(training.options().batchSize(), examples.size());
    MemoryPlan plan = budget().requireTraining(layout(), examples, batch);
    return run(
        "training",
        plan,
        () -> {
          try (GraphStepExecutor executor = executor(training)) {
            if (workers != null) {
              executor.computeGradientsBy(workers);
            }
            return TrainingLoop.run(
                executor, examples, training, options.microBatchTokens(), progress, points);
          }
        });
  }

  private GraphStepExecutor executor(TrainingRequest training) {
    AdamW optimizer = AdamW.of(training.options(), AdamW.Decay.MATRICES);
    long seed = Seeds.derive(training.seed(), Seeds.coordinate("dropout"));
    ModelTensors tensors = model.tensors().recomputing(options.recomputation());
    return device.hasOwnMemory()
        ? GraphStepExecutor.on(device, precision, tensors, optimizer, options.threads(), seed)
        : new GraphStepExecutor(tensors, optimizer, options.threads(), seed);
  }

  private void requireShareable() {
    if (model.tensors().layout().lora().map(Lora::dropout).orElse(0.0) > 0) {
      throw new IllegalArgumentException(
          "the adapters have dropout, which is drawn in the order of one process's steps; set"
              + " Lora.dropout to 0 or compute gradients in one process");
    }
    long bytes = model.tensors().trained().block().elements() * Float.BYTES;
    if (bytes > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "%s MiB of parameters are too many to send for each step; train adapters, or compute gradients in one process"
              .formatted(Mebibytes.format(bytes)));
    }
  }

  /** Computes the gradient of a share of another process's step, at its parameters. */
  public Gradient gradient(float[] parameters, Share share) {
    model.requireTrainable();
    MemoryPlan plan = MemoryPlanner.ofLeastTraining(layout(), options);
    return run(
        "gradients",
        plan,
        () -> shareGradients().of(parameters, share, options.microBatchTokens()));
  }

  private ShareGradients shareGradients() {
    if (gradients == null) {
      weightsChange();
      budget().requireLeastTraining(layout());
      ModelTensors tensors = model.tensors().recomputing(options.recomputation());
      gradients = new ShareGradients(tensors, device, precision, options.threads());
    }
    return gradients;
  }

  /** Throws if not even a batch of one token would fit into memory. */
  public void requireTrainable() {
    model.requireTrainable();
    budget().requireLeastTraining(layout());
  }

  /** Returns ln p of each target token of each example, as the training graph computes it. */
  public List<LogProbabilities> score(List<EncodedExample> examples) {
    if (!device.hasOwnMemory()) {
      return score(model.tensors(), examples);
    }
    weightsChange();
    MemoryPlan plan = budget().requireScoring(layout(), examples);
    return run(
        "scoring",
        plan,
        () -> {
          try (Resources copies = new Resources()) {
            return score(model.tensors().on(device, precision, copies), examples);
          }
        });
  }

  private List<LogProbabilities> score(ModelTensors tensors, List<EncodedExample> examples) {
    try (Scorer scorer = new Scorer(tensors, options.threads())) {
      return scorer.logProbabilities(examples, options.microBatchTokens());
    }
  }

  private ParameterLayout layout() {
    return model.tensors().layout().computedIn(precision);
  }

  private MemoryBudget budget() {
    return new MemoryBudget(model.tensors().layout(), options);
  }

  private <T> T run(String name, MemoryPlan plan, Supplier<T> work) {
    return runner.run(name, plan, this::weightsChange, work);
  }

  /** Returns what the latest phase used of the device's memory; empty on the CPU. */
  public Optional<PhaseMemoryUse> latest() {
    return runner.latest();
  }

  /** Returns the most device memory that a phase used since this was asked before, in bytes. */
  public long takeMost() {
    return runner.takeMost();
  }

  /** Drops what has a copy of the weights, or memory for gradients. */
  public void weightsChange() {
    if (gradients != null) {
      gradients.close();
      gradients = null;
    }
    if (generator != null) {
      generator.close();
      generator = null;
    }
    copies.close();
  }

  @Override
  public void close() {
    weightsChange();
  }
}
