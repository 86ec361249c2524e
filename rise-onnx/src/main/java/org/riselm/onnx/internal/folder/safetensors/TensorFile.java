package org.riselm.onnx.internal.folder.safetensors;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.riselm.onnx.Precision.Bits;
import org.riselm.onnx.internal.runtime.ElementType;
import org.riselm.onnx.internal.runtime.Tensor;

/** A file of tensors, open for reading. Every failure names the file and the tensor. */
public interface TensorFile extends AutoCloseable {
  /** Blocks of a matrix as {@code BlockFormat} has them, read as they are asked for. */
  @FunctionalInterface
  interface BlockSource {
    /** Puts {@code count} blocks from {@code first} on, counted row by row, and their scales. */
    void read(long first, int count, ByteBuffer blocks, FloatBuffer scales) throws IOException;
  }

  /** Returns the file. */
  Path path();

  /** Returns the tensors by name, in the order of their bytes. */
  Map<String, TensorInfo> entries();

  /** Returns what a tensor's numbers are in memory. */
  ElementType elementType(String name) throws IOException;

  /**
   * Copies a tensor into {@code target}, which has as many numbers: floats, which keep every value
   * exactly, or its {@link #elementType}.
   *
   * @throws IOException if there is none of this name, or one of its numbers is infinite or NaN
   */
  void copy(String name, Tensor target) throws IOException;

  /** Checks that every number of a tensor is finite, as {@link #copy} does. */
  void requireFinite(String name) throws IOException;

  /** Returns a tensor's numbers, read from the file as they are asked for. */
  TensorSource numbers(String name) throws IOException;

  /** Returns a matrix's blocks, if the file has them exactly so. */
  default Optional<BlockSource> blocks(String name, Bits bits) throws IOException {
    return Optional.empty();
  }

  @Override
  void close() throws IOException;
}
