package org.riselm.onnx;

import java.util.Optional;
import org.riselm.onnx.model.Lora;
import org.riselm.onnx.model.LoraDelta;
import org.riselm.onnx.model.Parameter;
import org.riselm.onnx.model.Weights;
import org.riselm.onnx.safetensors.Numbers;

/** Weights with adapters added, or taken off again, while they are written. */
final class Merging {
  private Merging() {}

  /** The numbers of {@code p} with what its adapter, if it has one, adds. */
  static Numbers add(Numbers base, Parameter p, Lora lora, Weights adapters) {
    Optional<LoraDelta> delta = LoraDelta.of(p, lora, adapters);
    return delta.isEmpty() ? base : merged(base, delta.get());
  }

  /** The numbers of {@code p} less what its adapter, if it has one, added. */
  static Numbers takeOff(Numbers merged, Parameter p, Lora lora, Weights adapters) {
    Optional<LoraDelta> delta = LoraDelta.of(p, lora, adapters);
    return delta.isEmpty() ? merged : merged(merged, delta.get().negated());
  }

  private static Numbers merged(Numbers base, LoraDelta delta) {
    return new Numbers(
        base.name(),
        base.shape(),
        (from, target, count) -> {
          base.source().read(from, target, count);
          delta.add(from, target, count);
        });
  }
}
