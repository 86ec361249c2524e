package org.riselm.onnx.internal.artifact;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.riselm.onnx.artifact.ArtifactInputs.LabelPlace;
import org.riselm.onnx.internal.runtime.ElementType;
import org.riselm.onnx.internal.runtime.Port;
import org.riselm.onnx.internal.runtime.Tensor;
import org.riselm.onnx.internal.train.BatchPlanner;
import org.riselm.onnx.internal.train.EncodedExample;
import org.riselm.onnx.internal.train.MicroBatch;

/** Targets land on their places, whatever the layout. */
class LabeledRowsTest {
  private static final MicroBatch BATCH =
      BatchPlanner.pack(
          List.of(
              EncodedExample.of(new int[] {1, 2}, new int[] {3, 4}, 1),
              EncodedExample.of(new int[] {5}, new int[] {6}, 2)),
          1);

  private static long[] longs(LabeledRows rows, ArtifactInput role, Long... shape) {
    try (Tensor t = rows.tensor(role, new Port("x", ElementType.INT64, List.of(shape)))) {
      long[] values = new long[(int) t.elements()];
      t.longs().get(values);
      return values;
    }
  }

  private static float[] floats(LabeledRows rows, ArtifactInput role, Long... shape) {
    try (Tensor t = rows.tensor(role, new Port("x", ElementType.FLOAT, List.of(shape)))) {
      return t.toFloats();
    }
  }

  @Test
  void labelsStandBeforeTheirTokens() {
    LabeledRows rows = new LabeledRows(BATCH, LabelPlace.BEFORE, -100, -1, -1);
    assertArrayEquals(
        new long[] {1, 2, 3, 5, 0, 0}, longs(rows, ArtifactInput.TOKEN_IDS, -1L, -1L));
    assertArrayEquals(
        new long[] {-100, 3, 4, 6, -100, -100}, longs(rows, ArtifactInput.LABELS, -1L));
    assertArrayEquals(
        new float[] {0, 1, 1, 2, 0, 0}, floats(rows, ArtifactInput.WEIGHTS, -1L, -1L));
    assertArrayEquals(
        new long[] {0, 1, 2, 0, 1, 2}, longs(rows, ArtifactInput.POSITIONS, -1L, -1L));
    assertArrayEquals(
        new float[] {1, 1, 1, 1, 1, 1}, floats(rows, ArtifactInput.ATTENTION_MASK, -1L, -1L));
  }

  @Test
  void orAtTheirOwnPlacesWithTheLastTokenInSight() {
    LabeledRows rows = new LabeledRows(BATCH, LabelPlace.OWN, -1, -1, -1);
    assertArrayEquals(
        new long[] {1, 2, 3, 4, 5, 6, 0, 0}, longs(rows, ArtifactInput.TOKEN_IDS, -1L, -1L));
    assertArrayEquals(
        new long[] {-1, -1, 3, 4, -1, 6, -1, -1}, longs(rows, ArtifactInput.LABELS, -1L, -1L));
    assertArrayEquals(
        new float[] {0, 0, 1, 1, 0, 2, 0, 0}, floats(rows, ArtifactInput.WEIGHTS, -1L));
  }

  @Test
  void fixedSizesAreFilledUpAndLargerBatchesRefused() {
    LabeledRows rows = new LabeledRows(BATCH, LabelPlace.BEFORE, -100, 3, 4);
    assertArrayEquals(
        new long[] {1, 2, 3, 0, 5, 0, 0, 0, 0, 0, 0, 0},
        longs(rows, ArtifactInput.TOKEN_IDS, 3L, 4L));
    assertArrayEquals(
        new float[] {0, 1, 1, 0, 2, 0, 0, 0, 0, 0, 0, 0}, floats(rows, ArtifactInput.WEIGHTS, 12L));
    assertEquals(4, rows.place(BATCH, 2));
    assertThrows(IllegalArgumentException.class, () -> longs(rows, ArtifactInput.LABELS, 11L));
    assertThrows(
        IllegalArgumentException.class,
        () -> new LabeledRows(BATCH, LabelPlace.BEFORE, -100, 1, 4));
    assertThrows(
        IllegalArgumentException.class, () -> new LabeledRows(BATCH, LabelPlace.OWN, -100, 2, 3));
  }
}
