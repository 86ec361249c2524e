package org.riselm.spark.internal;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import org.riselm.core.policy.TrainablePolicy;
import org.riselm.onnx.MemoryPlan;
import org.riselm.onnx.OnnxPolicyBuilder;
import org.riselm.spark.PolicyFactory;
import org.riselm.spark.Slot;

/** Opens ONNX policies, and asks their memory plan. */
public record OnnxPolicyFactory(OnnxModel model) implements PolicyFactory {
  public OnnxPolicyFactory {
    requireNonNull(model, "model");
  }

  @Override
  public TrainablePolicy open(Slot slot) throws IOException {
    return builder(slot).build();
  }

  @Override
  public long nativeBytes(Slot slot, boolean gradients) throws IOException {
    MemoryPlan plan = builder(slot).memoryPlan();
    return gradients ? plan.peak() : plan.sampling();
  }

  private OnnxPolicyBuilder builder(Slot slot) throws IOException {
    return model.builder(slot).threads(slot.threads()).device(slot.device());
  }
}
