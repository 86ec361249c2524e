package org.riselm.onnx;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.riselm.core.policy.TrainingOptions;
import org.riselm.onnx.internal.decoder.Parameter;
import org.riselm.onnx.internal.decoder.ParameterLayout;
import org.riselm.onnx.internal.generate.Generator;
import org.riselm.onnx.internal.memory.ActivationMemory;
import org.riselm.onnx.internal.memory.MemoryBudget;
import org.riselm.onnx.internal.runtime.ElementType;
import org.riselm.onnx.internal.train.EncodedExample;
import org.riselm.onnx.internal.train.ParallelismPlan;
import org.riselm.onnx.model.DecoderConfig;

/**
 * The native memory that training and using a model takes, in bytes, predicted before anything is
 * allocated: the host's, where the heap comes on top, or a device's, where the host holds the model
 * beside it.
 *
 * @param device whose memory it is
 * @param weights the trained ones in 32-bit floats, the frozen ones as they are
 * @param gradients one block for their sum, and one for each micro-batch that is in work at a time
 *     if a step has several
 * @param moments AdamW's two
 * @param activations at most alive at once in a step of the largest micro-batches; on a device,
 *     with what the update takes
 * @param samplingWeights the sampler's own copy as it computes with them, laid out for its kernels
 * @param kvCache of a sampling batch, and the most that is kept of earlier ones
 * @param samplingActivations on a device: at most alive at once while it samples, logits included;
 *     the host's are not counted
 */
public record MemoryPlan(
    Device device,
    long weights,
    long gradients,
    long moments,
    long activations,
    long samplingWeights,
    long kvCache,
    long samplingActivations) {
  // The cache has heads of multiples of 8.
  private static final long HEAD_STEP = 8;

  /**
   * The plan of a model that is trained as {@code layout} says and used with {@code options}, for
   * the longest prompts and answers: micro-batches are full of learned tokens, and answers fill the
   * context.
   */
  public static MemoryPlan of(ParameterLayout layout, OnnxOptions options) {
    int context = layout.config().contextLength();
    int columns = Math.min(context, options.microBatchTokens());
    long rows = rows(lanes(layout, options), columns, Integer.MAX_VALUE);
    MemoryPlan training = ofTraining(layout, options, Integer.MAX_VALUE, columns, rows * columns);
    MemoryPlan sampling = ofSampling(layout, options, options.samplingBatch(), context);
    return new MemoryPlan(
        options.device(),
        training.weights,
        training.gradients,
        training.moments,
        training.activations,
        sampling.samplingWeights,
        sampling.kvCache,
        sampling.samplingActivations);
  }

  /** The weights alone, on the host. */
  public static MemoryPlan ofWeights(ParameterLayout layout) {
    return new MemoryPlan(Device.CPU, held(layout), 0, 0, 0, 0, 0, 0);
  }

  /** Scoring these examples on a device. */
  static MemoryPlan ofScoring(
      ParameterLayout layout, OnnxOptions options, List<EncodedExample> examples) {
    MemoryPlan steps = ofTraining(layout, options, examples, examples.size());
    long activations = steps.activations - ActivationMemory.ofDeviceUpdate(layout);
    return new MemoryPlan(options.device(), steps.weights, 0, 0, activations, 0, 0, 0);
  }

  /** Training at all: a micro-batch of a single token. */
  static MemoryPlan ofLeastTraining(ParameterLayout layout, OnnxOptions options) {
    return ofTraining(layout, options, 1, 1, 1);
  }

  /** Training on these examples; some micro-batch may take less. */
  static MemoryPlan ofTraining(
      ParameterLayout layout,
      OnnxOptions options,
      List<EncodedExample> examples,
      TrainingOptions training) {
    return ofTraining(layout, options, examples, Math.min(training.batchSize(), examples.size()));
  }

  private static MemoryPlan ofTraining(
      ParameterLayout layout, OnnxOptions options, List<EncodedExample> examples, int batch) {
    ParallelismPlan lanes = lanes(layout, options);
    int columns = 1;
    long targets = 1;
    for (EncodedExample e : examples) {
      columns = Math.max(columns, e.inputTokens());
      targets = Math.max(targets, rows(lanes, e.inputTokens(), batch) * e.target().length());
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
    ParallelismPlan lanes = lanes(layout, options);
    long rows = rows(lanes, columns, batch);
    long activations =
        lanes.lanes(batch, rows * columns) * activations(layout, options, rows, columns, targets);
    long trained = trained(layout);
    // ONNX Runtime's training session has weights of its own, and sums gradients where they are.
    boolean own = options.stepping() == OnnxOptions.Stepping.TRAINING_SESSION;
    // Examples of one length might go through the model at once; of several, they do not.
    int summed = batch > 1 && !own ? lanes.lanes(batch, 1) : 0;
    long update = options.device().hasOwnMemory() ? ActivationMemory.ofDeviceUpdate(layout) : 0;
    return new MemoryPlan(
        options.device(),
        held(layout) + (own ? trained : 0),
        (1 + summed) * trained,
        2 * trained,
        activations + update,
        0,
        0,
        0);
  }

  private static ParallelismPlan lanes(ParameterLayout layout, OnnxOptions options) {
    int atOnce = options.microBatchTokens();
    return options.stepping() == OnnxOptions.Stepping.PLAIN_SESSIONS
        ? ParallelismPlan.of(layout, options.device(), options.threads(), atOnce)
        : new ParallelismPlan(1, atOnce, atOnce);
  }

  private static long activations(
      ParameterLayout layout, OnnxOptions options, long rows, long columns, long targets) {
    ParameterLayout trained = layout.recomputing(options.recomputation());
    return ActivationMemory.bytes(trained, rows, columns, targets);
  }

  private static long rows(ParallelismPlan lanes, int columns, int batch) {
    return Math.max(1, Math.min(batch, lanes.tokens() / columns));
  }

  /**
   * Sampling. The host holds the weights beside the sampler's; a device holds these alone.
   *
   * @param rows that are sampled together
   * @param tokens of the longest prompt with its answer
   */
  static MemoryPlan ofSampling(ParameterLayout model, OnnxOptions options, long rows, long tokens) {
    Device device = options.device();
    ParameterLayout layout = model.computedIn(options.samplingPrecision());
    DecoderConfig config = layout.config();
    long elements = 0;
    for (Parameter p : Parameter.of(config)) {
      elements += p.elements();
    }
    int size = options.samplingPrecision().bytes();
    long headSize = (config.headSize() + HEAD_STEP - 1) / HEAD_STEP * HEAD_STEP;
    long perToken = 2L * config.layers() * config.keyValueHeads() * headSize * size;
    return new MemoryPlan(
        device,
        device.hasOwnMemory() ? 0 : held(layout),
        0,
        0,
        0,
        elements * size,
        perToken * rows * tokens + options.prefixBytes(),
        device.hasOwnMemory() ? Generator.deviceActivations(layout, rows, tokens) : 0);
  }

  private static long trained(ParameterLayout layout) {
    return Float.BYTES * layout.trained().stream().mapToLong(Parameter::elements).sum();
  }

  private static long held(ParameterLayout layout) {
    long held = trained(layout);
    for (Map.Entry<Parameter, ElementType> frozen : layout.frozen().entrySet()) {
      held += frozen.getValue().bytes() * frozen.getKey().elements();
    }
    return held;
  }

  /** The memory of training. */
  public long training() {
    return weights + gradients + moments + activations;
  }

  /** The memory of sampling, which takes turns with training. */
  public long sampling() {
    return (device.hasOwnMemory() ? 0 : weights) + samplingWeights + kvCache + samplingActivations;
  }

  /** The most of both. */
  public long peak() {
    return Math.max(training(), sampling());
  }

  /** Every part together, as if all were there at once. */
  public long total() {
    return training() + samplingWeights + kvCache + samplingActivations;
  }

  /** A line for each part that is not 0, in MiB. */
  public String table() {
    StringBuilder table = new StringBuilder();
    line(table, "weights", weights);
    line(table, "gradients", gradients);
    line(table, "moments", moments);
    line(table, "activations", activations);
    line(table, "sampler's weights", samplingWeights);
    line(table, "key-value cache", kvCache);
    line(table, "sampling's activations", samplingActivations);
    return table.toString().stripTrailing();
  }

  private static void line(StringBuilder table, String name, long bytes) {
    if (bytes > 0) {
      table.append(
          String.format(Locale.ROOT, "  %-23s%10s MiB%n", name, MemoryBudget.mebibytes(bytes)));
    }
  }
}
