package org.riselm.onnx.internal.artifact;

import java.util.Arrays;
import java.util.List;
import org.riselm.onnx.artifact.ArtifactInputs;
import org.riselm.onnx.internal.runtime.ElementType;
import org.riselm.onnx.internal.runtime.Port;
import org.riselm.onnx.internal.runtime.Tensor;
import org.riselm.onnx.internal.train.MicroBatch;

/**
 * A micro-batch with a label and a weight at every place, as training graphs from elsewhere take
 * them.
 */
final class LabeledRows {
  private final int rows;
  private final int columns;
  private final long[] ids;
  private final long[] labels;
  private final float[] weights;

  /**
   * Lays {@code batch} out anew.
   *
   * @param fixedRows that the graph takes; −1 for any number
   * @param fixedColumns that the graph takes; −1 for any number
   * @throws IllegalArgumentException if the batch is larger
   */
  LabeledRows(
      MicroBatch batch,
      ArtifactInputs.LabelPlace place,
      long ignoredLabel,
      long fixedRows,
      long fixedColumns) {
    int shift = place == ArtifactInputs.LabelPlace.OWN ? 1 : 0;
    rows = size("rows", batch.rows(), fixedRows);
    columns = size("columns", batch.columns() + shift, fixedColumns);
    ids = new long[rows * columns];
    labels = new long[ids.length];
    weights = new float[ids.length];
    Arrays.fill(labels, ignoredLabel);
    for (int r = 0; r < batch.rows(); r++) {
      for (int c = 0; c < batch.columns(); c++) {
        ids[r * columns + c] = batch.inputId(r * batch.columns() + c);
      }
    }
    for (int t = 0; t < batch.targets(); t++) {
      int at = place(batch, t) + shift;
      if (shift > 0) {
        ids[at] = batch.targetId(t);
      }
      labels[at] = batch.targetId(t);
      weights[at] = batch.targetWeight(t);
    }
  }

  private static int size(String what, int needed, long fixed) {
    if (fixed >= 0 && needed > fixed) {
      throw new IllegalArgumentException(
          "a micro-batch of %d %s; the training graph takes %d, so give it fewer tokens at once, or shorter examples"
              .formatted(needed, what, fixed));
    }
    return fixed < 0 ? needed : Math.toIntExact(fixed);
  }

  /** Where, in rows · columns here, the token before target {@code t} of {@code batch} is. */
  int place(MicroBatch batch, int t) {
    int position = Math.toIntExact(batch.targetPosition(t));
    return position / batch.columns() * columns + position % batch.columns();
  }

  /** rows · columns. */
  int places() {
    return ids.length;
  }

  /** What stands for {@code role} as {@code port} takes it; the caller closes it. */
  Tensor tensor(ArtifactInput role, Port port) {
    long[] shape =
        port.shape().size() == 2 ? new long[] {rows, columns} : new long[] {(long) rows * columns};
    if (!fits(shape, port.shape())) {
      throw new IllegalArgumentException(
          "input %s takes %s; %d rows of %d columns make %s"
              .formatted(port.name(), port.shape(), rows, columns, Arrays.toString(shape)));
    }
    return switch (role) {
      case TOKEN_IDS -> tensor(ids, port.type(), shape);
      case LABELS -> tensor(labels, port.type(), shape);
      case WEIGHTS -> Tensor.of(weights, shape);
      case ATTENTION_MASK -> {
        long[] ones = new long[ids.length];
        Arrays.fill(ones, 1);
        yield tensor(ones, port.type(), shape);
      }
      case POSITIONS -> {
        long[] positions = new long[ids.length];
        Arrays.setAll(positions, i -> i % columns);
        yield tensor(positions, port.type(), shape);
      }
    };
  }

  private static boolean fits(long[] shape, List<Long> declared) {
    for (int i = 0; i < shape.length; i++) {
      if (declared.get(i) >= 0 && declared.get(i) != shape[i]) {
        return false;
      }
    }
    return true;
  }

  private static Tensor tensor(long[] values, ElementType type, long... shape) {
    if (type == ElementType.INT64) {
      return Tensor.of(values, shape);
    }
    Tensor tensor = Tensor.zeros(type, shape);
    for (int i = 0; i < values.length; i++) {
      if (type == ElementType.INT32) {
        tensor.ints().put(i, Math.toIntExact(values[i]));
      } else {
        tensor.floats().put(i, (float) values[i]);
      }
    }
    return tensor;
  }
}
