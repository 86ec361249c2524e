package org.riselm.onnx.internal.train;

import java.util.ArrayList;
import java.util.List;
import org.riselm.core.policy.TrainablePolicy.DataParallel.Share;

/** Micro-batches that stand next to each other in a step, and whose gradients are added up. */
record MicroBatches(List<MicroBatch> batches) implements Share {
  MicroBatches {
    batches = List.copyOf(batches);
  }

  /**
   * Cuts a step into shares of about as many tokens, padding counted.
   *
   * @param most shares
   */
  static List<Share> cut(List<MicroBatch> step, int most) {
    long total = step.stream().mapToLong(MicroBatch::paddedTokens).sum();
    List<Share> shares = new ArrayList<>();
    List<MicroBatch> open = new ArrayList<>();
    long before = 0;
    for (MicroBatch batch : step) {
      long middle = 2 * before + batch.paddedTokens();
      if (!open.isEmpty() && middle * most >= 2 * total * (shares.size() + 1)) {
        shares.add(new MicroBatches(open));
        open.clear();
      }
      open.add(batch);
      before += batch.paddedTokens();
    }
    shares.add(new MicroBatches(open));
    return shares;
  }

  /** The micro-batches of a share that {@link #cut} made. */
  static List<MicroBatch> of(Share share) {
    if (share instanceof MicroBatches its) {
      return its.batches();
    }
    throw new IllegalArgumentException("the share is another kind of policy's: " + share);
  }
}
