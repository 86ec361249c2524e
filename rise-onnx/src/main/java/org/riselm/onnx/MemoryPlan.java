package org.riselm.onnx;

import java.util.Locale;
import org.riselm.onnx.internal.util.Mebibytes;

/**
 * The native memory that training and using a model takes, in bytes, predicted before anything is
 * allocated: of the host, where the heap comes on top; or of a device, where the host holds the
 * model as well.
 *
 * @param device whose memory it is
 * @param weights the trained ones in 32-bit floats, the frozen ones as they are
 * @param gradients one block for their sum, and one for each micro-batch that is in work at a time
 *     if a step has several
 * @param moments AdamW's two
 * @param activations at most alive at once in a step of the largest micro-batches; on a device,
 *     with what the update takes
 * @param samplingWeights the sampler's own copy as it computes with them, laid out for its kernels
 * @param kvCache of a sampling batch, with the rotations of its positions, and the most that is
 *     kept of earlier ones
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
  /** {@return the memory of training, in bytes} */
  public long training() {
    return weights + gradients + moments + activations;
  }

  /** {@return the memory of sampling, which takes turns with training, in bytes} */
  public long sampling() {
    return (device.hasOwnMemory() ? 0 : weights) + samplingWeights + kvCache + samplingActivations;
  }

  /** {@return the larger of {@link #training} and {@link #sampling}, in bytes} */
  public long peak() {
    return Math.max(training(), sampling());
  }

  /** {@return every part together, as if all were there at once, in bytes} */
  public long total() {
    return training() + samplingWeights + kvCache + samplingActivations;
  }

  /** {@return a line for each part that is not 0, in MiB} */
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
      table.append(String.format(Locale.ROOT, "  %-23s%10s MiB%n", name, Mebibytes.format(bytes)));
    }
  }
}
