package org.riselm.onnx;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.riselm.onnx.model.Layout;
import org.riselm.onnx.runtime.AvailableMemory;

/** Holds what is about to be done against the memory there is, before any of it is taken. */
final class MemoryBudget {
  private final Layout layout;
  private final OnnxOptions options;

  MemoryBudget(Layout layout, OnnxOptions options) {
    this.layout = layout;
    this.options = options;
  }

  /** Before the weights are read. */
  void requireLoading() {
    MemoryPlan plan = MemoryPlan.ofWeights(layout);
    List<String> advice = new ArrayList<>();
    if (layout.lora().isEmpty()) {
      advice.add(
          "train adapters beside weights in the precision of their files: .lora(Lora.rank(16))");
    }
    require("the model's weights", plan, 0, advice);
  }

  /** Before training; the weights are held. */
  void requireTraining(MemoryPlan plan) {
    List<String> advice = new ArrayList<>();
    advice.add("microBatchTokens below %d".formatted(options.microBatchTokens()));
    if (layout.lora().isEmpty()) {
      advice.add(
          "adapters instead of whole weights: OnnxPolicy.builder(folder).lora(Lora.rank(16))");
    }
    require("training", plan, MemoryPlan.ofWeights(layout).total(), advice);
  }

  /**
   * Before sampling; the weights are held.
   *
   * @param loaded whether the sampler's own weights are, too
   */
  void requireSampling(MemoryPlan plan, boolean loaded) {
    require(
        "sampling",
        plan,
        plan.weights() + (loaded ? plan.samplingWeights() : 0),
        List.of(
            "samplingBatch below %d".formatted(options.samplingBatch()),
            "a lower Sampling.maxNewTokens"));
  }

  private void require(String doing, MemoryPlan plan, long held, List<String> advice) {
    long limit = options.memoryLimit();
    long available = limit == 0 ? Math.addExact(AvailableMemory.bytes(), held) : limit;
    if (plan.total() <= available) {
      return;
    }
    throw new NotEnoughMemoryException(
        "%s needs %s MiB of native memory; there are %s (%s)%n%s%nWhat helps: more memory; %s"
            .formatted(
                doing,
                mebibytes(plan.total()),
                mebibytes(available),
                limit == 0 ? "left on this machine or in its container" : "OnnxOptions.memoryLimit",
                plan.table(),
                String.join("; ", advice)),
        plan.total(),
        available);
  }

  static String mebibytes(long bytes) {
    return String.format(Locale.ROOT, "%,d", (bytes + (1 << 20) - 1) >> 20);
  }
}
