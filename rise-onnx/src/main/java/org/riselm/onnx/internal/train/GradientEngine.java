package org.riselm.onnx.internal.train;

import java.util.List;
import org.riselm.onnx.internal.decoder.ModelTensors;
import org.riselm.onnx.internal.decoder.ParameterBlock;
import org.riselm.onnx.internal.runtime.Placement;
import org.riselm.onnx.internal.util.Resources;

/**
 * What adds up a step's gradients: one micro-batch at a time with all threads or, for a small model
 * on a CPU, several of few threads each. The graph is loaded when it is first needed.
 */
final class GradientEngine implements AutoCloseable {
  private final Resources resources = new Resources();
  private final ModelTensors model;
  private final int threads;
  private final GradientWorkers one;
  private final GradientWorkers several;

  /**
   * Loads nothing yet.
   *
   * @param graph {@link TrainingGraph#layered}
   * @param model whose numbers it reads at each run; it stays the caller's
   * @param gradients where they are added up; they stay the caller's
   */
  GradientEngine(LayeredGraph graph, ModelTensors model, ParameterBlock gradients, int threads) {
    this.model = model;
    this.threads = threads;
    int most = plan(Integer.MAX_VALUE).most();
    one = resources.add(new GradientWorkers(graph, model, gradients, threads, 1));
    several = resources.add(new GradientWorkers(graph, model, gradients, threads / most, most));
  }

  /** The plan, if at most so many tokens may be in work at a time. */
  ParallelismPlan plan(int atOnce) {
    return ParallelismPlan.of(model.layout(), model.device(), threads, atOnce);
  }

  /**
   * Adds gradients to what is there, or overwrites it if {@code overwrites}.
   *
   * @param atOnce the most tokens in work at a time
   * @return the sum of the losses
   */
  double accumulate(List<MicroBatch> batches, int atOnce, boolean overwrites) {
    ParallelismPlan plan = plan(atOnce);
    int longest = batches.stream().mapToInt(MicroBatch::paddedTokens).max().orElseThrow();
    int count = plan.workers(batches.size(), longest);
    // Few workers would leave most threads without work.
    return count > 1 && 2 * count >= plan.most()
        ? several.accumulate(batches, count, overwrites)
        : one.accumulate(batches, 1, overwrites);
  }

  /** Where every node of a step's graph runs; known on a GPU only. */
  List<Placement> placements() {
    return one.placements();
  }

  @Override
  public void close() {
    resources.close();
  }
}
