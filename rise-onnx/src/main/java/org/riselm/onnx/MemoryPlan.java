package org.riselm.onnx;

import java.util.Map;
import org.riselm.onnx.model.DecoderConfig;
import org.riselm.onnx.model.Layout;
import org.riselm.onnx.model.Parameter;
import org.riselm.onnx.runtime.ElementType;
import org.riselm.onnx.train.ActivationMemory;

/**
 * The native memory that training and using a model takes, in bytes, predicted before anything is
 * allocated. The heap comes on top.
 *
 * @param weights the trained ones in 32-bit floats, the frozen ones as they are
 * @param gradients two blocks of them: batches larger than a micro-batch are summed up
 * @param moments AdamW's two
 * @param activations at most alive at once in a step of a full micro-batch
 * @param samplingWeights the sampler's own copy, laid out for its kernels
 * @param kvCache of a full sampling batch whose answers fill the context; shorter ones take less
 */
public record MemoryPlan(
    long weights,
    long gradients,
    long moments,
    long activations,
    long samplingWeights,
    long kvCache) {
  // The cache has heads of multiples of 8.
  private static final long HEAD_STEP = 8;

  /** The plan of a model that is trained as {@code layout} says and used with {@code options}. */
  public static MemoryPlan of(Layout layout, OnnxOptions options) {
    DecoderConfig config = layout.config();
    long trained = 0;
    for (Parameter p : layout.trained()) {
      trained += Float.BYTES * p.elements();
    }
    long weights = trained;
    for (Map.Entry<Parameter, ElementType> frozen : layout.frozen().entrySet()) {
      weights += frozen.getValue().bytes() * frozen.getKey().elements();
    }
    long columns = Math.min(config.contextLength(), options.microBatchTokens());
    long rows = options.microBatchTokens() / columns;
    long headSize = (config.headSize() + HEAD_STEP - 1) / HEAD_STEP * HEAD_STEP;
    long perToken = 2L * config.layers() * config.keyValueHeads() * headSize * Float.BYTES;
    return new MemoryPlan(
        weights,
        2 * trained,
        2 * trained,
        ActivationMemory.bytes(layout, rows, columns, rows * columns),
        weights,
        perToken * config.contextLength() * options.samplingBatch());
  }

  /** The memory of training. */
  public long training() {
    return weights + gradients + moments + activations;
  }

  /** The memory of sampling, which takes turns with training. */
  public long sampling() {
    return weights + samplingWeights + kvCache;
  }

  /** The most of both. */
  public long peak() {
    return Math.max(training(), sampling());
  }
}
