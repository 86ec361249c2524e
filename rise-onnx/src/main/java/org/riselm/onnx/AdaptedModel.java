package org.riselm.onnx;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.riselm.onnx.model.DecoderConfig;
import org.riselm.onnx.model.Layout;
import org.riselm.onnx.model.Lora;
import org.riselm.onnx.model.ModelTensors;
import org.riselm.onnx.model.Parameter;
import org.riselm.onnx.model.Weights;
import org.riselm.onnx.runtime.ElementType;
import org.riselm.onnx.runtime.Resources;
import org.riselm.onnx.runtime.Tensor;
import org.riselm.onnx.safetensors.ModelWeights;

/**
 * Adapters beside a frozen base, which is in memory once, in the precision of its files. Its
 * folders hold the adapters only.
 */
final class AdaptedModel implements PolicyModel {
  private final Resources resources;
  private final ModelTensors tensors;

  private AdaptedModel(Resources resources, ModelTensors tensors) {
    this.resources = resources;
    this.tensors = tensors;
  }

  /**
   * Reads a base and starts fresh adapters, which change nothing yet.
   *
   * @param seed of the adapters
   */
  static AdaptedModel fresh(ModelWeights base, DecoderConfig config, Lora lora, long seed)
      throws IOException {
    Map<Parameter, ElementType> precision = new HashMap<>();
    for (Parameter p : Parameter.of(config)) {
      precision.put(p, base.elementType(p.name()));
    }
    Layout layout = Layout.lora(config, lora, precision::get);
    Resources resources = new Resources();
    try {
      Map<String, Tensor> frozen = new HashMap<>();
      for (Map.Entry<Parameter, ElementType> p : layout.frozen().entrySet()) {
        String name = p.getKey().name();
        Tensor tensor = resources.add(Tensor.zeros(p.getValue(), p.getKey().sizes()));
        base.copy(name, tensor);
        frozen.put(name, tensor);
      }
      Weights adapters = resources.add(Weights.zeros(layout.trained()));
      adapters.randomizeAdapters(seed);
      return new AdaptedModel(resources, new ModelTensors(layout, adapters, frozen));
    } catch (IOException | RuntimeException e) {
      resources.close();
      throw e;
    }
  }

  @Override
  public ModelTensors tensors() {
    return tensors;
  }

  private Lora lora() {
    return tensors.layout().lora().orElseThrow();
  }

  @Override
  public void save(Path folder) throws IOException {
    AdapterFolder.write(folder, lora(), tensors.trained());
  }

  @Override
  public void restore(Path folder) throws IOException {
    AdapterFolder.read(folder, lora(), tensors.trained());
  }

  @Override
  public void close() {
    resources.close();
  }
}
