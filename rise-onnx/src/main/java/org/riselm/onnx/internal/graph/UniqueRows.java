package org.riselm.onnx.internal.graph;

/**
 * Rows that are gathered, and what is known of them, so that their gradient sums nothing.
 *
 * @param indices of the rows, int64; no two are equal unless {@code back} is given
 * @param back for every row that there is, the one place, counted through the indices, that its
 *     gradient comes from: int64 [rows]. Other places that gather it too must have a gradient of 0.
 *     {@link Value#ABSENT} if not every row is gathered
 */
public record UniqueRows(Value indices, Value back) {
  /** Some of the rows, each once. */
  public static UniqueRows some(Value indices) {
    return new UniqueRows(indices, Value.ABSENT);
  }
}
