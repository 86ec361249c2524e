package org.riselm.onnx.internal.graph;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.riselm.onnx.internal.runtime.ElementType;

/** An initializer of a file. Its numbers stay where they are, in the file or beside it. */
public final class StoredTensor {
  /** Where the numbers are. */
  @FunctionalInterface
  interface Source {
    ByteBuffer bytes() throws IOException;
  }

  private final Value value;
  private final Source source;

  StoredTensor(Value value, Source source) {
    this.value = value;
    this.source = source;
  }

  /** Its name. */
  public String name() {
    return value.name();
  }

  /** What it holds. */
  public ElementType type() {
    return value.type();
  }

  /** Its shape, all of whose sizes are known. */
  public Shape shape() {
    return value.shape();
  }

  /** The number of numbers in it. */
  public long elements() {
    long n = 1;
    for (long size : shape().sizes()) {
      n *= size; // Checked when the file was read.
    }
    return n;
  }

  /**
   * The numbers, row by row, little-endian; mapped, if there are many. The files must stay as they
   * are while they are used.
   */
  public ByteBuffer bytes() throws IOException {
    return source.bytes();
  }

  @Override
  public String toString() {
    return value.toString();
  }
}
