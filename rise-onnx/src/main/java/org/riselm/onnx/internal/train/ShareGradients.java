package org.riselm.onnx.internal.train;

import static org.riselm.onnx.internal.runtime.ElementType.FLOAT;

import org.riselm.core.policy.TrainablePolicy.DataParallel.Gradient;
import org.riselm.core.policy.TrainablePolicy.DataParallel.Share;
import org.riselm.onnx.Device;
import org.riselm.onnx.internal.decoder.ModelTensors;
import org.riselm.onnx.internal.decoder.ParameterBlock;
import org.riselm.onnx.internal.runtime.ElementType;
import org.riselm.onnx.internal.runtime.Tensor;
import org.riselm.onnx.internal.util.Resources;

/** Computes gradients of shares of steps that another process cuts and adds up. */
public final class ShareGradients implements AutoCloseable {
  private final Resources resources = new Resources();
  private final ParameterBlock home;
  private final ModelTensors model;
  private final ParameterBlock gradients;
  private final GradientEngine engine;

  /**
   * Prepares for a model.
   *
   * @param host whose trained numbers change in place; it stays the caller's
   * @param device where it is computed; with memory of its own, on a copy there
   * @param precision that is computed in on such a device
   * @param threads that ONNX Runtime may use
   */
  public ShareGradients(ModelTensors host, Device device, ElementType precision, int threads) {
    this.home = host.trained();
    try {
      model = device.hasOwnMemory() ? host.on(device, precision, resources) : host;
      gradients =
          resources.add(ParameterBlock.zeros(model.trained().parameters(), model.device(), FLOAT));
      LayeredGraph graph = TrainingGraph.layered(model.layout(), /* seed= */ 0);
      engine = resources.add(new GradientEngine(graph, model, gradients, threads));
    } catch (RuntimeException e) {
      resources.close();
      throw e;
    }
  }

  /**
   * The gradient of {@code share} at {@code parameters}.
   *
   * @param atOnce the most tokens, padding counted, that may be in work at a time
   */
  public Gradient of(float[] parameters, Share share, int atOnce) {
    put(parameters, home);
    if (model.trained() != home) {
      model.trained().block().copyFrom(home.block());
    }
    double loss = engine.accumulate(MicroBatches.of(share), atOnce, /* overwrites= */ true);
    return new Gradient(loss, gradients.block().toFloats());
  }

  /** Writes numbers that came from another process over a block. */
  static void put(float[] numbers, ParameterBlock into) {
    if (numbers.length != into.block().elements()) {
      throw new IllegalArgumentException(
          "%d numbers came for the %d of this policy; every process needs the same model and adapters"
              .formatted(numbers.length, into.block().elements()));
    }
    try (Tensor copy = Tensor.of(numbers, numbers.length)) {
      into.block().copyFrom(copy);
    }
  }

  @Override
  public void close() {
    resources.close();
  }
}
