package org.riselm.onnx.internal.train;

import java.io.Serializable;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import org.riselm.onnx.internal.decoder.DecoderGraphs;
import org.riselm.onnx.internal.runtime.Tensor;

/**
 * Sequences that go through the model at once, and the tokens in them that are learned. Ids,
 * positions and weights of targets share one axis, checked when it is made. Immutable by custom: it
 * takes its arrays over and nobody writes to them.
 */
public final class MicroBatch implements Serializable {
  private static final long serialVersionUID = 1;

  private final int rows;
  private final int columns;
  private final long[] inputIds;
  private final long[] targetPositions;
  private final long[] targetIds;
  private final float[] targetWeights;

  /**
   * Takes the arrays over.
   *
   * @param rows how many sequences
   * @param columns the longest one's length; shorter ones are padded on the right
   * @param inputIds rows · columns token ids, row by row
   * @param targetPositions for each target, the index into {@code inputIds} of the token before it;
   *     no two are equal
   * @param targetIds the targets
   * @param targetWeights their weights in the loss, which is Σ weight · −log p(target)
   */
  public MicroBatch(
      int rows,
      int columns,
      long[] inputIds,
      long[] targetPositions,
      long[] targetIds,
      float[] targetWeights) {
    if (inputIds.length != rows * columns) {
      throw new IllegalArgumentException(
          "%d token ids do not fill %d rows of %d".formatted(inputIds.length, rows, columns));
    }
    if (targetPositions.length != targetIds.length || targetIds.length != targetWeights.length) {
      throw new IllegalArgumentException(
          "%d target positions, %d target ids and %d target weights; there must be as many of each"
              .formatted(targetPositions.length, targetIds.length, targetWeights.length));
    }
    if (targetIds.length == 0) {
      throw new IllegalArgumentException("a micro-batch without targets teaches nothing");
    }
    BitSet learned = new BitSet(inputIds.length);
    for (long p : targetPositions) {
      if (p < 0 || p >= inputIds.length) {
        throw new IllegalArgumentException(
            "target position " + p + " is not in a micro-batch of " + inputIds.length + " tokens");
      }
      if (learned.get((int) p)) {
        throw new IllegalArgumentException(
            "two targets have position " + p + "; a token has one that follows it");
      }
      learned.set((int) p);
    }
    this.rows = rows;
    this.columns = columns;
    this.inputIds = inputIds;
    this.targetPositions = targetPositions;
    this.targetIds = targetIds;
    this.targetWeights = targetWeights;
  }

  /** How many sequences it holds. */
  public int rows() {
    return rows;
  }

  /** The longest sequence's length. */
  public int columns() {
    return columns;
  }

  /** Token {@code index} of rows · columns. */
  public long inputId(int index) {
    return inputIds[index];
  }

  /** Where, in rows · columns, the token before target {@code index} is. */
  public long targetPosition(int index) {
    return targetPositions[index];
  }

  /** Target {@code index}. */
  public long targetId(int index) {
    return targetIds[index];
  }

  /** The number of targets. */
  public int targets() {
    return targetIds.length;
  }

  /** The weight of target {@code index}. */
  public float targetWeight(int index) {
    return targetWeights[index];
  }

  /** The tokens it holds, padding included. */
  public int paddedTokens() {
    return inputIds.length;
  }

  /** The sizes of the open dimensions of graphs that it goes through, by name. */
  Map<String, Long> sizes() {
    long[] ends = new long[rows];
    for (long p : targetPositions) {
      int row = (int) (p / columns);
      ends[row] = Math.max(ends[row], p % columns + 1);
    }
    return DecoderGraphs.sizes(rows, columns, targets(), Arrays.stream(ends).sum());
  }

  /** The batch as the scoring graph's user inputs, in its order; the caller closes them. */
  List<Tensor> toTensors() {
    return List.of(
        Tensor.of(inputIds, rows, columns),
        Tensor.of(targetPositions, targets()),
        Tensor.of(targetIds, targets()),
        Tensor.of(targetWeights, targets()));
  }

  @Override
  public String toString() {
    return "rows %d, columns %d, ids %s, positions %s, targets %s, weights %s"
        .formatted(
            rows,
            columns,
            Arrays.toString(inputIds),
            Arrays.toString(targetPositions),
            Arrays.toString(targetIds),
            Arrays.toString(targetWeights));
  }
}
