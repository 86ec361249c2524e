package org.riselm.onnx.internal.generate;

import java.util.ArrayList;
import java.util.List;
import org.riselm.onnx.Device;
import org.riselm.onnx.internal.runtime.Tensor;
import org.riselm.onnx.internal.util.Resources;

/**
 * The keys and values of every layer for some rows of some capacity. Memory is kept from call to
 * call and only ever grows. A row's content past its length is garbage, which attention does not
 * read. Not thread-safe.
 */
final class KvCache implements AutoCloseable {
  private final DecoderSizes ports;
  private final Device device;
  private final List<Tensor> memory = new ArrayList<>();
  private final Resources owned = new Resources();
  private long elements;
  private int capacity;

  KvCache(DecoderSizes ports, Device device) {
    this.ports = ports;
    this.device = device;
  }

  /**
   * Makes room for {@code rows} rows of {@code newCapacity} tokens each. What was cached is lost,
   * and views become invalid.
   */
  void reserve(int rows, int newCapacity) {
    capacity = newCapacity;
    long needed = Math.multiplyExact(rows, rowElements());
    if (needed <= elements) {
      return;
    }
    close();
    for (int i = 0; i < 2 * ports.layers(); i++) {
      memory.add(owned.add(Tensor.zeros(device, ports.cacheType(), needed)));
    }
    elements = needed;
  }

  /** The keys of a layer, rows {@code first} to {@code first + count}; the caller closes it. */
  Tensor keys(int layer, int first, int count) {
    return view(memory.get(2 * layer), first, count);
  }

  /** The values of a layer, rows {@code first} to {@code first + count}; the caller closes it. */
  Tensor values(int layer, int first, int count) {
    return view(memory.get(2 * layer + 1), first, count);
  }

  /** Copies the first {@code length} tokens of a row, in all layers, over another's. */
  void copyRow(int from, int to, int length) {
    long used = (long) length * ports.headSize();
    long head = (long) capacity * ports.headSize();
    for (Tensor t : memory) {
      try (Tensor source = view(t, from, 1);
          Tensor target = view(t, to, 1)) {
        target.copyRuns(source, used, head, head, ports.heads());
      }
    }
  }

  /** The first {@code length} tokens of a row, in all layers, packed; the caller closes it. */
  Tensor copyOut(int row, int length) {
    Tensor copy =
        Tensor.zeros(device, ports.cacheType(), bytes(length) / ports.cacheType().bytes());
    try {
      copyPacked(row, copy, length, length, false);
      return copy;
    } catch (RuntimeException e) {
      copy.close();
      throw e;
    }
  }

  /**
   * Puts the first {@code length} of the tokens that {@link #copyOut} packed into a row.
   *
   * @param packedLength how many were packed
   */
  void copyIn(int row, Tensor packed, int packedLength, int length) {
    copyPacked(row, packed, packedLength, length, true);
  }

  /** Bytes of so many tokens of one row, in all layers. */
  long bytes(int length) {
    return 2L
        * ports.layers()
        * ports.heads()
        * length
        * ports.headSize()
        * ports.cacheType().bytes();
  }

  private void copyPacked(int row, Tensor packed, int packedLength, int length, boolean in) {
    long used = (long) length * ports.headSize();
    long head = (long) capacity * ports.headSize();
    long packedHead = (long) packedLength * ports.headSize();
    for (int i = 0; i < memory.size(); i++) {
      try (Tensor cached = view(memory.get(i), row, 1);
          Tensor part = packed.slice(packedHead * ports.heads() * i, ports.heads() * packedHead)) {
        if (in) {
          cached.copyRuns(part, used, head, packedHead, ports.heads());
        } else {
          part.copyRuns(cached, used, packedHead, head, ports.heads());
        }
      }
    }
  }

  private Tensor view(Tensor all, int first, int count) {
    return all.slice(first * rowElements(), count, ports.heads(), capacity, ports.headSize());
  }

  private long rowElements() {
    return (long) ports.heads() * capacity * ports.headSize();
  }

  @Override
  public void close() {
    memory.clear();
    elements = 0;
    owned.close();
  }
}
