package org.riselm.spark;

import java.io.IOException;
import java.io.Serializable;
import org.riselm.core.policy.TrainablePolicy;
import org.riselm.onnx.OnnxPolicyBuilder;
import org.riselm.spark.internal.OnnxPolicyFactory;

/**
 * Opens the same policy in the driver and in every executor. It travels by Java's serialization, so
 * a lambda may capture texts and numbers, but no {@code Path} and nothing native.
 */
@FunctionalInterface
public interface PolicyFactory extends Serializable {
  /**
   * Opens the policy. It is closed by {@link SparkPolicy}, if it is {@link AutoCloseable}.
   *
   * @param slot where it is opened
   * @return the policy; with the same parameters everywhere
   * @throws IOException if its files cannot be read
   */
  TrainablePolicy open(Slot slot) throws IOException;

  /**
   * {@return the most bytes outside the heap that the policy takes on an executor; 0 if it is not
   * known}
   *
   * @param slot where it would be opened
   * @param gradients whether it computes gradients, too
   * @throws IOException if its files cannot be read
   */
  default long nativeBytes(Slot slot, boolean gradients) throws IOException {
    return 0;
  }

  /**
   * {@return a factory of ONNX policies, which sets their threads and their device}
   *
   * @param model starts with a model's folder and sets what else is wanted, such as adapters
   */
  static PolicyFactory onnx(OnnxModel model) {
    return new OnnxPolicyFactory(model);
  }

  /** Starts a builder of the same ONNX policy everywhere. Travels as the factory does. */
  @FunctionalInterface
  interface OnnxModel extends Serializable {
    /**
     * {@return a builder of the policy; its threads and its device are set afterwards}
     *
     * @param slot where the policy will be opened
     * @throws IOException if its files cannot be read
     */
    OnnxPolicyBuilder builder(Slot slot) throws IOException;
  }
}
