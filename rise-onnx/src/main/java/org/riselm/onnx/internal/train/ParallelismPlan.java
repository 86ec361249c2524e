package org.riselm.onnx.internal.train;

import org.riselm.onnx.Device;
import org.riselm.onnx.Lora;
import org.riselm.onnx.internal.decoder.Parameter;
import org.riselm.onnx.internal.decoder.ParameterLayout;

/**
 * How many micro-batches of a step are in work at a time, and how large they are. Small models
 * learn fastest from small micro-batches on few threads each (decision 015), and of a large
 * vocabulary the cross-entropy is computed for a few hundred tokens at a time (decision 007). How
 * large is not a matter of threads, so a training ends with the same bits on any number of them.
 *
 * @param most micro-batches at a time, each with memory of its own for its gradients; at least 1
 * @param tokens of a micro-batch, padding counted, unless a single sequence has more
 * @param atOnce the most tokens in work at a time, unless a single sequence has more
 */
public record ParallelismPlan(int most, int tokens, int atOnce) {
  private static final int TOKENS = 640;
  private static final long GRADIENT_BYTES = 256L << 20;
  private static final long LOGIT_BYTES = 256L << 20;

  /**
   * The plan for a model.
   *
   * @param threads that all of a step may use
   * @param atOnce the most tokens in work at a time
   */
  public static ParallelismPlan of(ParameterLayout layout, Device device, int threads, int atOnce) {
    if (device.hasOwnMemory() || layout.trained().isEmpty()) {
      return new ParallelismPlan(1, atOnce, atOnce);
    }
    long elements = layout.trained().stream().mapToLong(Parameter::elements).sum();
    long room = GRADIENT_BYTES / (Float.BYTES * elements);
    // What adapters drop out is drawn in the order of a session's runs, which workers do not keep.
    boolean draws = layout.lora().map(Lora::dropout).orElse(0.0) > 0;
    int tokens = Math.min(atOnce, headTokens(layout));
    return room < 2 || draws
        ? new ParallelismPlan(1, tokens, atOnce)
        : new ParallelismPlan((int) Math.min(threads, room), Math.min(TOKENS, tokens), atOnce);
  }

  /**
   * How many tokens have logits of a size that is worth their memory; all, beside a frozen head.
   */
  private static int headTokens(ParameterLayout layout) {
    long logits = Float.BYTES * (long) layout.config().vocabularySize();
    return layout.lora().isPresent() ? Integer.MAX_VALUE : (int) Math.max(1, LOGIT_BYTES / logits);
  }

  /**
   * How many of a step's micro-batches to work on at a time.
   *
   * @param batches that the step has
   * @param longest micro-batch's tokens, padding counted
   */
  public int workers(int batches, long longest) {
    return (int) Math.max(1, Math.min(Math.min(most, batches), atOnce / longest));
  }
}
