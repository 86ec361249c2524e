package org.riselm.onnx.internal.train;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.riselm.onnx.Device;
import org.riselm.onnx.internal.graph.Value;
import org.riselm.onnx.internal.runtime.ElementType;
import org.riselm.onnx.internal.runtime.Tensor;
import org.riselm.onnx.internal.util.Resources;

/**
 * What goes from one part of a layered graph to another, in one block of memory that grows with
 * what a run needs and is used again by the next.
 */
final class Activations implements AutoCloseable {
  // Sizes of shapes, which a device's kernels want on the host.
  private static final long SMALL = 16;

  private final Device device;
  private final Map<String, Tensor> tensors = new HashMap<>();
  private Resources views = new Resources();
  private @Nullable Tensor block;
  private Map<String, Long> laidOut = Map.of();

  /** Takes no memory yet. */
  Activations(Device device) {
    this.device = device;
  }

  /**
   * Makes room for a run; what the last one left is lost if this one's sizes are others.
   *
   * @return whether they are
   */
  boolean prepare(LayeredGraph graph, Map<String, Long> sizes) {
    if (sizes.equals(laidOut)) {
      return false;
    }
    forget();
    ActivationLayout layout = new ActivationLayout(graph, sizes);
    if (block == null || block.elements() < layout.bytes()) {
      closeBlock();
      block = Tensor.zeros(device, ElementType.UINT8, layout.bytes());
    }
    Tensor memory = block;
    for (LayeredGraph.Call call : graph.calls()) {
      for (Value v : call.outputs()) {
        Long place = layout.places().get(v.name());
        if (place != null) {
          long[] shape = layout.shape(v.name());
          Tensor t =
              isSmall(v) && device.hasOwnMemory()
                  ? Tensor.zeros(v.type(), shape)
                  : memory.view(v.type(), place, shape);
          tensors.put(v.name(), views.add(t));
        }
      }
    }
    laidOut = Map.copyOf(sizes);
    return true;
  }

  private static boolean isSmall(Value v) {
    long elements = 1;
    if (v.type().isFloatingPoint() || !v.shape().isFixed()) {
      return false;
    }
    for (long d : v.shape().sizes()) {
      elements *= d;
    }
    return elements <= SMALL;
  }

  /** The memory of a value that goes from one part to another. */
  Tensor tensor(String name) {
    Tensor t = tensors.get(name);
    if (t == null) {
      throw new IllegalStateException("no memory is laid out for " + name);
    }
    return t;
  }

  private void forget() {
    laidOut = Map.of();
    tensors.clear();
    views.close();
    views = new Resources();
  }

  private void closeBlock() {
    if (block != null) {
      block.close();
      block = null;
    }
  }

  @Override
  public void close() {
    forget();
    closeBlock();
  }
}
