package org.riselm.onnx.internal.folder;

import java.util.Optional;
import org.riselm.onnx.Lora;
import org.riselm.onnx.internal.decoder.LoraDelta;
import org.riselm.onnx.internal.decoder.Parameter;
import org.riselm.onnx.internal.decoder.ParameterBlock;
import org.riselm.onnx.internal.folder.safetensors.TensorSource;

/** Weights with adapters added, or taken off again, while they are written. */
public final class AdapterMerger {
  private AdapterMerger() {}

  /** The numbers of {@code p} with what its adapter, if it has one, adds. */
  public static TensorSource add(
      TensorSource base, Parameter p, Lora lora, ParameterBlock adapters) {
    Optional<LoraDelta> delta = LoraDelta.of(p, lora, adapters);
    return delta.isEmpty() ? base : merged(base, delta.get());
  }

  /** The numbers of {@code p} less what its adapter, if it has one, added. */
  public static TensorSource takeOff(
      TensorSource merged, Parameter p, Lora lora, ParameterBlock adapters) {
    Optional<LoraDelta> delta = LoraDelta.of(p, lora, adapters);
    return delta.isEmpty() ? merged : merged(merged, delta.get().negated());
  }

  private static TensorSource merged(TensorSource base, LoraDelta delta) {
    return new TensorSource(
        base.name(),
        base.shape(),
        (from, target, count) -> {
          base.source().read(from, target, count);
          delta.add(from, target, count);
        });
  }
}
