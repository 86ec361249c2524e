package org.riselm.onnx.internal.policy;

import java.util.List;
import java.util.Optional;
import org.riselm.onnx.Device;
import org.riselm.onnx.MemoryPlan;
import org.riselm.onnx.OnnxOptions;
import org.riselm.onnx.internal.decoder.Parameter;
import org.riselm.onnx.internal.decoder.ParameterLayout;
import org.riselm.onnx.internal.generate.Generator;
import org.riselm.onnx.internal.runtime.ElementType;
import org.riselm.onnx.internal.train.DeviceAdamW;
import org.riselm.onnx.internal.train.EncodedExample;
import org.riselm.onnx.internal.train.ParallelismPlan;
import org.riselm.onnx.internal.train.TrainingGraph;
import org.riselm.onnx.model.DecoderConfig;

/** Predicts the native memory that work on a model takes, before any of it is allocated. */
public final class MemoryPlanner {
  // The cache has heads of multiples of 8.
  private static final long HEAD_STEP = 8;

  private MemoryPlanner() {}

  /**
   * The plan of a model that is trained as {@code layout} says and used with {@code options}, for
   * the longest prompts and responses: micro-batches are full of learned tokens, and responses fill
   * the context.
   */
  public static MemoryPlan of(ParameterLayout layout, OnnxOptions options) {
    int context = layout.config().contextLength();
    int columns = Math.min(context, options.microBatchTokens());
    long rows = rows(parallelism(layout, options), columns, Integer.MAX_VALUE);
    MemoryPlan training = ofTraining(layout, options, Integer.MAX_VALUE, columns, rows * columns);
    MemoryPlan sampling = ofSampling(layout, options, options.samplingBatch(), context);
    return new MemoryPlan(
        options.device(),
        training.weights(),
        training.gradients(),
        training.moments(),
        training.activations(),
        sampling.samplingWeights(),
        sampling.kvCache(),
        sampling.samplingActivations());
  }

  /** The weights alone, on the host. */
  public static MemoryPlan ofWeights(ParameterLayout layout) {
    return new MemoryPlan(Device.CPU, held(layout), 0, 0, 0, 0, 0, 0);
  }

  /** Scoring these examples on a device. */
  public static MemoryPlan ofScoring(
      ParameterLayout layout, OnnxOptions options, List<EncodedExample> examples) {
    MemoryPlan steps = ofTraining(layout, options, examples, examples.size());
    long activations = steps.activations() - update(layout, options);
    return new MemoryPlan(options.device(), steps.weights(), 0, 0, activations, 0, 0, 0);
  }

  /** Training at all: a micro-batch of a single token. */
  public static MemoryPlan ofLeastTraining(ParameterLayout layout, OnnxOptions options) {
    return ofTraining(layout, options, 1, 1, 1);
  }

  /**
   * Training on these examples; some micro-batch may take less.
   *
   * @param batch how many examples a step has
   */
  public static MemoryPlan ofTraining(
      ParameterLayout layout, OnnxOptions options, List<EncodedExample> examples, int batch) {
    return ofTraining(layout, options, examples, batch, Integer.MAX_VALUE);
  }

  /** Training on these examples, if none of them had more than {@code longest} tokens. */
  static MemoryPlan ofTraining(
      ParameterLayout layout,
      OnnxOptions options,
      List<EncodedExample> examples,
      int batch,
      int longest) {
    ParallelismPlan plan = parallelism(layout, options);
    int columns = 1;
    long targets = 1;
    for (EncodedExample e : examples) {
      int tokens = Math.min(longest, e.inputTokens());
      columns = Math.max(columns, tokens);
      long learned = Math.min(longest, e.target().length());
      targets = Math.max(targets, rows(plan, tokens, batch) * learned);
    }
    return ofTraining(layout, options, batch, columns, targets);
  }

  /**
   * Training.
   *
   * @param batch examples a step
   * @param columns of the longest, and so of its micro-batch
   * @param targets in a micro-batch
   */
  private static MemoryPlan ofTraining(
      ParameterLayout layout, OnnxOptions options, int batch, int columns, long targets) {
    ParallelismPlan plan = parallelism(layout, options);
    long rows = rows(plan, columns, batch);
    long activations =
        plan.workers(batch, rows * columns) * activations(layout, options, rows, columns, targets);
    long trained = trained(layout);
    // Examples of one length might go through the model at once; of several, they do not.
    int summed = batch > 1 ? plan.workers(batch, 1) : 0;
    return new MemoryPlan(
        options.device(),
        held(layout),
        (1 + summed) * trained,
        2 * trained,
        activations + update(layout, options),
        0,
        0,
        0);
  }

  /** Returns the bytes that an update takes on a device beside a step's. */
  private static long update(ParameterLayout layout, OnnxOptions options) {
    boolean updates = options.device().hasOwnMemory() && !layout.trained().isEmpty();
    return updates ? DeviceAdamW.scratchBytes(layout) : 0;
  }

  private static ParallelismPlan parallelism(ParameterLayout layout, OnnxOptions options) {
    return ParallelismPlan.of(
        layout, options.device(), options.threads(), options.microBatchTokens());
  }

  private static long activations(
      ParameterLayout layout, OnnxOptions options, long rows, long columns, long targets) {
    ParameterLayout trained = layout.recomputing(options.recomputation());
    return TrainingGraph.activationBytes(trained, rows, columns, targets);
  }

  private static long rows(ParallelismPlan plan, int columns, int batch) {
    return Math.max(1, Math.min(batch, plan.tokens() / columns));
  }

  /**
   * Sampling. The host holds the weights beside the sampler's; a device holds these alone.
   *
   * @param rows that are sampled together
   * @param tokens of the longest prompt with its response
   */
  public static MemoryPlan ofSampling(
      ParameterLayout model, OnnxOptions options, long rows, long tokens) {
    Device device = options.device();
    Optional<ParameterLayout> copy = options.quantizedRollouts().map(model::quantizedCopy);
    ParameterLayout layout = copy.orElse(model).computedIn(samplingType(options));
    DecoderConfig config = layout.config();
    int size = samplingType(options).bytes();
    long weights = 0;
    for (Parameter p : Parameter.of(config)) {
      boolean inBlocks = layout.frozen().get(p) == ElementType.UINT8;
      // One packed copy for calls of few prompts, and one for those of many.
      int copies = options.threads() > 1 ? 2 : 1;
      weights += inBlocks ? copies * layout.bytes(p) : size * p.elements();
    }
    long headSize = (config.headSize() + HEAD_STEP - 1) / HEAD_STEP * HEAD_STEP;
    // Each worker has the rotations of every position.
    long workers = device.hasOwnMemory() ? 1 : options.threads();
    long rotations = workers * tokens * config.headSize() * size;
    long perToken = 2L * config.layers() * config.keyValueHeads() * headSize * size;
    return new MemoryPlan(
        device,
        device.hasOwnMemory() ? 0 : held(model),
        0,
        0,
        0,
        weights + copy.map(MemoryPlanner::held).orElse(0L),
        perToken * rows * tokens + rotations + options.prefixBytes(),
        device.hasOwnMemory() ? Generator.deviceActivations(layout, rows, tokens) : 0);
  }

  /** Returns what is computed in while a model samples. */
  static ElementType samplingType(OnnxOptions options) {
    return options.device().isCuda() ? ElementType.BFLOAT16 : ElementType.FLOAT;
  }

  private static long trained(ParameterLayout layout) {
    return Float.BYTES * layout.trained().stream().mapToLong(Parameter::elements).sum();
  }

  private static long held(ParameterLayout layout) {
    long held = trained(layout);
    for (Parameter p : layout.frozen().keySet()) {
      held += layout.bytes(p);
    }
    return held;
  }
}
