package org.riselm.onnx.internal.train;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.riselm.core.internal.util.Seeds;
import org.riselm.core.policy.TrainingRequest;

/** Which examples each optimizer step takes, and how they are put into micro-batches. */
public final class BatchPlanner {
  private final List<EncodedExample> examples;
  private final TrainingRequest training;
  private final int microBatchTokens;
  private final int[] order;
  private int next;
  private int epoch;

  BatchPlanner(List<EncodedExample> examples, TrainingRequest training, int microBatchTokens) {
    this.examples = examples;
    this.training = training;
    this.microBatchTokens = microBatchTokens;
    this.order = new int[examples.size()];
    shuffle();
  }

  // Fisher and Yates, anew for every pass, by a seed of its own.
  private void shuffle() {
    SplittableRandom random = new SplittableRandom(Seeds.derive(training.seed(), epoch));
    for (int i = 0; i < order.length; i++) {
      int j = random.nextInt(i + 1);
      order[i] = order[j];
      order[j] = i;
    }
  }

  /** The examples of the step {@code number}, from 1, of {@code total}. */
  List<EncodedExample> step(int number, int total) {
    int size = Math.min(training.options().batchSize(), examples.size());
    if (training.options().steps() == 0 && number == total) {
      // The last step of whole epochs takes what is left of them.
      long all = Math.round(examples.size() * training.options().epochs());
      size = (int) Math.max(1, Math.min(size, all - (long) (total - 1) * size));
    }
    List<EncodedExample> batch = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      if (next == order.length) {
        next = 0;
        epoch++;
        shuffle();
      }
      batch.add(examples.get(order[next++]));
    }
    return batch;
  }

  /**
   * One step's examples as micro-batches, like lengths together, each of at most {@code
   * microBatchTokens} tokens, padding counted, or of a single example. The weights are divided by
   * what the training's {@link TrainingRequest#normalization} says of all the step's targets, so
   * the micro-batches' losses add up to the step's.
   *
   * @param shares that the micro-batches are to be enough for, as far as there are examples
   */
  List<MicroBatch> split(List<EncodedExample> batch, int shares) {
    double total = 0;
    for (EncodedExample e : batch) {
      total +=
          switch (training.normalization()) {
            case BY_WEIGHT -> e.totalWeight();
            case BY_TOKEN -> e.target().length();
          };
    }
    double scale = total == 0 ? 0 : 1 / total;
    int[] lengths = batch.stream().mapToInt(EncodedExample::inputTokens).toArray();
    int limit = microBatchTokens;
    if (shares > 1) {
      limit = Math.min(limit, Math.max(1, Arrays.stream(lengths).sum() / shares));
    }
    List<MicroBatch> micro = new ArrayList<>();
    for (List<Integer> group : LengthBuckets.of(lengths, limit)) {
      micro.add(pack(group.stream().map(batch::get).toList(), scale));
    }
    return micro;
  }

  /** Rows as one micro-batch; their weights are multiplied by {@code scale}. */
  public static MicroBatch pack(List<EncodedExample> rows, double scale) {
    int columns = 0;
    int targets = 0;
    for (EncodedExample e : rows) {
      columns = Math.max(columns, e.inputTokens());
      targets += e.target().length();
    }
    long[] ids = new long[rows.size() * columns];
    long[] positions = new long[targets];
    long[] targetIds = new long[targets];
    float[] weights = new float[targets];
    int t = 0;
    for (int r = 0; r < rows.size(); r++) {
      EncodedExample e = rows.get(r);
      for (int i = 0; i < e.inputTokens(); i++) {
        ids[r * columns + i] = e.token(i);
      }
      for (int i = 0; i < e.target().length(); i++) {
        positions[t] = (long) r * columns + e.prompt().length() - 1 + i;
        targetIds[t] = e.target().get(i);
        weights[t++] = (float) (e.weights().get(i) * scale);
      }
    }
    return new MicroBatch(rows.size(), columns, ids, positions, targetIds, weights);
  }
}
