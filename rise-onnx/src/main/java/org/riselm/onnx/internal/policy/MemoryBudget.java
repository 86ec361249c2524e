package org.riselm.onnx.internal.policy;

import java.util.ArrayList;
import java.util.List;
import org.riselm.onnx.Device;
import org.riselm.onnx.MemoryPlan;
import org.riselm.onnx.NotEnoughMemoryException;
import org.riselm.onnx.OnnxOptions;
import org.riselm.onnx.internal.decoder.ParameterLayout;
import org.riselm.onnx.internal.runtime.DeviceMemory;
import org.riselm.onnx.internal.util.AvailableMemory;
import org.riselm.onnx.internal.util.Mebibytes;

/** Holds what is about to be done against the memory there is, before any of it is taken. */
public final class MemoryBudget {
  private final ParameterLayout layout;
  private final OnnxOptions options;

  public MemoryBudget(ParameterLayout layout, OnnxOptions options) {
    this.layout = layout;
    this.options = options;
  }

  /** Before the weights are read. */
  public void requireLoading() {
    MemoryPlan plan = MemoryPlanner.ofWeights(layout);
    List<String> advice = new ArrayList<>();
    if (layout.lora().isEmpty()) {
      advice.add(
          "train adapters beside weights in the precision of their files: .lora(Lora.rank(16))");
    }
    require("the model's weights", plan, 0, advice);
  }

  /** Before training; the host holds the weights. */
  public void requireTraining(MemoryPlan plan) {
    List<String> advice = new ArrayList<>();
    advice.add("microBatchTokens below %d".formatted(options.microBatchTokens()));
    if (layout.lora().isEmpty()) {
      advice.add(
          "adapters instead of whole weights: OnnxPolicy.builder(folder).lora(Lora.rank(16))");
    }
    require("training", plan, held(plan), advice);
  }

  /** Before scoring, on a device. */
  public void requireScoring(MemoryPlan plan) {
    String advice = "microBatchTokens below %d".formatted(options.microBatchTokens());
    require("scoring", plan, held(plan), List.of(advice));
  }

  /**
   * Before sampling; the host holds the weights.
   *
   * @param loaded whether the sampler's own weights are held, too
   */
  public void requireSampling(MemoryPlan plan, boolean loaded) {
    require(
        "sampling",
        plan,
        held(plan) + (loaded ? plan.samplingWeights() : 0),
        List.of(
            "samplingBatch below %d".formatted(options.samplingBatch()),
            "a lower Sampling.maxNewTokens"));
  }

  private long held(MemoryPlan plan) {
    return plan.device().hasOwnMemory() ? 0 : MemoryPlanner.ofWeights(layout).total();
  }

  private void require(String doing, MemoryPlan plan, long held, List<String> advice) {
    Device device = plan.device();
    boolean away = device.hasOwnMemory();
    long limit = options.memoryLimit();
    long left = away ? DeviceMemory.of(device).free().free() : AvailableMemory.bytes();
    long there = left + held;
    long available = limit == 0 ? there : limit;
    if (plan.total() <= available) {
      return;
    }
    String where =
        limit > 0
            ? "OnnxOptions.memoryLimit"
            : away ? "free on " + device : "left on this machine or in its container";
    throw new NotEnoughMemoryException(
        "%s needs %s MiB of %s; there are %s (%s)%n%s%nWhat helps: more memory; %s"
            .formatted(
                doing,
                Mebibytes.format(plan.total()),
                away ? "the memory of " + device : "native memory",
                Mebibytes.format(available),
                where,
                plan.table(),
                String.join("; ", advice)),
        plan.total(),
        available);
  }
}
