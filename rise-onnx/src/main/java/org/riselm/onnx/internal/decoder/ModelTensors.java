package org.riselm.onnx.internal.decoder;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.riselm.onnx.Device;
import org.riselm.onnx.internal.graph.Value;
import org.riselm.onnx.internal.runtime.ElementType;
import org.riselm.onnx.internal.runtime.Tensor;
import org.riselm.onnx.internal.util.Resources;
import org.riselm.onnx.model.DecoderConfig;

/**
 * The numbers of a model. Owns nothing: whoever made the weights and tensors closes them.
 *
 * @param layout what is trained and what is frozen
 * @param trained the trained numbers, in fp32
 * @param frozen the frozen ones by name, in their own precision; of matrices in blocks these, and
 *     their scales
 */
public record ModelTensors(
    ParameterLayout layout, ParameterBlock trained, Map<String, Tensor> frozen) {
  public ModelTensors {
    frozen = Map.copyOf(frozen);
    if (!trained.parameters().equals(layout.trained())) {
      throw new IllegalArgumentException(
          "the trained weights are %s; the layout trains %s"
              .formatted(trained.parameters(), layout.trained()));
    }
    for (Value v : layout.frozenValues()) {
      Tensor t = frozen.get(v.name());
      if (t == null || t.type() != v.type() || !Arrays.equals(t.shape(), v.shape().sizes())) {
        throw new IllegalArgumentException(
            "frozen parameter %s: found %s, expected %s".formatted(v.name(), t, v));
      }
    }
  }

  /** A model of which everything is trained. */
  public static ModelTensors full(DecoderConfig config, ParameterBlock weights) {
    return new ModelTensors(ParameterLayout.full(config), weights, Map.of());
  }

  /** This, trained with or without recomputation. */
  public ModelTensors recomputing(boolean recomputation) {
    return new ModelTensors(layout.recomputing(recomputation), trained, frozen);
  }

  /** A frozen parameter's numbers. */
  public Tensor frozen(String name) {
    Tensor t = frozen.get(name);
    if (t == null) {
      throw new IllegalArgumentException(name + " is not frozen; " + frozen.keySet() + " are");
    }
    return t;
  }

  /** Where the numbers are. */
  public Device device() {
    return trained.block().device();
  }

  /**
   * A copy in a device's memory, computed in {@code precision} there.
   *
   * @param owner closes the copy
   */
  public ModelTensors on(Device device, ElementType precision, Resources owner) {
    ParameterBlock weights =
        owner.add(ParameterBlock.zeros(trained.parameters(), device, trained.block().type()));
    weights.block().copyFrom(trained.block());
    Map<String, Tensor> copies = new HashMap<>();
    frozen.forEach(
        (name, tensor) -> {
          Tensor copy = owner.add(Tensor.zeros(device, tensor.type(), tensor.shape()));
          copy.copyFrom(tensor);
          copies.put(name, copy);
        });
    return new ModelTensors(layout.computedIn(precision), weights, copies);
  }

  /** Every number, by name. */
  public Map<String, Tensor> all() {
    Map<String, Tensor> all = new HashMap<>(frozen);
    all.putAll(trained.tensors());
    return all;
  }
}
