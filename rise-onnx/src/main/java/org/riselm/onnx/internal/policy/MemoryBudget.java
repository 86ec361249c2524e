package org.riselm.onnx.internal.policy;

import java.util.List;
import java.util.function.Supplier;
import org.riselm.onnx.Device;
import org.riselm.onnx.MemoryPlan;
import org.riselm.onnx.NotEnoughMemoryException;
import org.riselm.onnx.OnnxOptions;
import org.riselm.onnx.internal.decoder.ParameterLayout;
import org.riselm.onnx.internal.runtime.DeviceMemory;
import org.riselm.onnx.internal.train.EncodedExample;
import org.riselm.onnx.internal.util.AvailableMemory;
import org.riselm.onnx.internal.util.Mebibytes;

/** Holds what is about to be done against the memory there is, before any of it is taken. */
public final class MemoryBudget {
  private static final String ADAPTERS =
      "adapters instead of whole weights: OnnxPolicy.builder(folder).lora(Lora.rank(16))";

  private final ParameterLayout layout;
  private final OnnxOptions options;

  public MemoryBudget(ParameterLayout layout, OnnxOptions options) {
    this.layout = layout;
    this.options = options;
  }

  /** Checks loading, before the weights are read. */
  public void requireLoading() {
    MemoryPlan plan = MemoryPlanner.ofWeights(layout);
    require(
        "the model's weights",
        plan,
        0,
        () ->
            new MemoryAdvice(plan)
                .offer(
                    layout.lora().isEmpty() && !layout.trained().isEmpty(),
                    "adapters beside weights in the precision of their files:"
                        + " OnnxPolicy.builder(folder).lora(Lora.rank(16))")
                .offer(true, "a smaller model"));
  }

  /**
   * Checks training on {@code examples}; the host holds the weights.
   *
   * @param computed the layout in the precision of training
   * @param batch how many examples a step has
   * @return what it needs
   */
  public MemoryPlan requireTraining(
      ParameterLayout computed, List<EncodedExample> examples, int batch) {
    MemoryPlan plan = MemoryPlanner.ofTraining(computed, options, examples, batch);
    int longest = longest(examples);
    require(
        "training",
        plan,
        held(plan),
        () ->
            steps(plan, computed, examples, batch)
                .offer(
                    "TrainingOptions.batchSize(1) instead of " + batch,
                    () -> MemoryPlanner.ofTraining(computed, options, examples, 1))
                .offer(
                    "sequences of %d tokens instead of %d, by SamplingOptions.maxNewTokens or a HistoryWindow"
                        .formatted(longest / 2, longest),
                    () ->
                        MemoryPlanner.ofTraining(
                            computed, options, examples, batch, Math.max(1, longest / 2)))
                .offer(layout.lora().isEmpty(), ADAPTERS));
    return plan;
  }

  /**
   * Checks training at all: a step of a single token.
   *
   * @param computed the layout in the precision of training
   */
  public void requireLeastTraining(ParameterLayout computed) {
    MemoryPlan plan = MemoryPlanner.ofLeastTraining(computed, options);
    require(
        "training",
        plan,
        held(plan),
        () ->
            new MemoryAdvice(plan)
                .offer(layout.lora().isEmpty(), ADAPTERS)
                .offer(true, "a smaller model"));
  }

  /**
   * Checks scoring {@code examples} on a device.
   *
   * @param computed the layout in the precision of scoring
   * @return what it needs
   */
  public MemoryPlan requireScoring(ParameterLayout computed, List<EncodedExample> examples) {
    MemoryPlan plan = MemoryPlanner.ofScoring(computed, options, examples);
    int longest = longest(examples);
    OnnxOptions single = options.toBuilder().microBatchTokens(longest).build();
    require(
        "scoring",
        plan,
        held(plan),
        () ->
            new MemoryAdvice(plan)
                .offer(
                    "OnnxOptions.microBatchTokens(%d)".formatted(longest),
                    () -> MemoryPlanner.ofScoring(computed, single, examples)));
    return plan;
  }

  private MemoryAdvice steps(
      MemoryPlan plan, ParameterLayout computed, List<EncodedExample> examples, int batch) {
    int longest = longest(examples);
    OnnxOptions recomputing = options.toBuilder().recomputation(true).build();
    OnnxOptions single = options.toBuilder().microBatchTokens(longest).build();
    return new MemoryAdvice(plan)
        .offer(
            "OnnxOptions.recomputation(true)",
            () -> MemoryPlanner.ofTraining(computed, recomputing, examples, batch))
        .offer(
            "OnnxOptions.microBatchTokens(%d)".formatted(longest),
            () -> MemoryPlanner.ofTraining(computed, single, examples, batch));
  }

  private static int longest(List<EncodedExample> examples) {
    return examples.stream().mapToInt(EncodedExample::inputTokens).max().orElse(1);
  }

  /**
   * Checks sampling; the host holds the weights.
   *
   * @param rows that are sampled together
   * @param tokens of the longest prompt with its response
   * @param loaded whether the sampler's own weights are held, too
   * @return what it needs
   */
  public MemoryPlan requireSampling(long rows, long tokens, boolean loaded) {
    MemoryPlan plan = MemoryPlanner.ofSampling(layout, options, rows, tokens);
    OnnxOptions without = options.toBuilder().prefixBytes(0).build();
    require(
        "sampling",
        plan,
        held(plan) + (loaded ? plan.samplingWeights() : 0),
        () ->
            new MemoryAdvice(plan)
                .offer(
                    "OnnxOptions.samplingBatch(%d)".formatted(Math.max(1, rows / 2)),
                    () -> MemoryPlanner.ofSampling(layout, options, Math.max(1, rows / 2), tokens))
                .offer(
                    "prompts and responses of %d tokens instead of %d, by SamplingOptions.maxNewTokens or a HistoryWindow"
                        .formatted(tokens / 2, tokens),
                    () -> MemoryPlanner.ofSampling(layout, options, rows, Math.max(1, tokens / 2)))
                .offer(
                    "OnnxOptions.prefixBytes(0)",
                    () -> MemoryPlanner.ofSampling(layout, without, rows, tokens)));
    return plan;
  }

  private long held(MemoryPlan plan) {
    return plan.device().hasOwnMemory() ? 0 : MemoryPlanner.ofWeights(layout).total();
  }

  private void require(String doing, MemoryPlan plan, long held, Supplier<MemoryAdvice> advice) {
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
        "%s needs %s MiB of %s; there are %s (%s)%n%s%nWhat helps: %s"
            .formatted(
                doing,
                Mebibytes.format(plan.total()),
                away ? "the memory of " + device : "native memory",
                Mebibytes.format(available),
                where,
                plan.table(),
                advice.get()),
        plan.total(),
        available);
  }
}
