package org.riselm.onnx.internal.train;

import java.util.List;
import org.riselm.core.policy.TrainablePolicy.DataParallel.Gradient;
import org.riselm.core.policy.TrainablePolicy.DataParallel.Share;
import org.riselm.core.policy.TrainablePolicy.DataParallel.Workers;
import org.riselm.onnx.internal.decoder.ParameterBlock;

/** Adds up what workers elsewhere compute, in the order of their shares. */
final class WorkerGradients implements AutoCloseable {
  private final Workers workers;
  private final ParameterBlock weights;
  private final ParameterBlock gradients;
  private final GradientAccumulator sum;

  /** Adds up into {@code gradients}; both blocks stay the caller's. */
  WorkerGradients(Workers workers, ParameterBlock weights, ParameterBlock gradients, int threads) {
    this.workers = workers;
    this.weights = weights;
    this.gradients = gradients;
    this.sum = new GradientAccumulator(gradients, threads);
  }

  int shares() {
    return workers.shares();
  }

  /** As {@link GradientEngine#accumulate}. */
  double accumulate(List<MicroBatch> batches, boolean overwrites) {
    List<Share> shares = MicroBatches.cut(batches, shares());
    List<Gradient> computed = workers.gradients(weights.block().toFloats(), shares);
    if (computed.size() != shares.size()) {
      throw new IllegalStateException(
          "%d gradients came back for %d shares".formatted(computed.size(), shares.size()));
    }
    double loss = 0;
    for (int i = 0; i < computed.size(); i++) {
      boolean first = overwrites && i == 0;
      ShareGradients.put(computed.get(i).values(), first ? gradients : sum.next());
      if (!first) {
        sum.add();
      }
      loss += computed.get(i).loss();
    }
    return loss;
  }

  @Override
  public void close() {
    sum.close();
  }
}
