package org.riselm.onnx;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.riselm.onnx.model.DecoderConfig;
import org.riselm.onnx.model.Layout;
import org.riselm.onnx.model.Lora;
import org.riselm.onnx.model.LoraDelta;
import org.riselm.onnx.model.ModelTensors;
import org.riselm.onnx.model.Parameter;
import org.riselm.onnx.model.Weights;
import org.riselm.onnx.runtime.ElementType;
import org.riselm.onnx.runtime.Resources;
import org.riselm.onnx.runtime.Tensor;
import org.riselm.onnx.safetensors.Dtype;
import org.riselm.onnx.safetensors.ModelWeights;
import org.riselm.onnx.safetensors.Numbers;
import org.riselm.onnx.text.PromptFormat;

/**
 * Adapters beside a frozen base, which is in memory once, in the precision of its files. Its
 * folders hold the adapters only.
 */
final class AdaptedModel implements PolicyModel {
  private final CompanionFiles companions;
  private final PromptFormat format;
  private final Resources resources;
  private final ModelTensors tensors;

  private AdaptedModel(
      CompanionFiles companions, PromptFormat format, Resources resources, ModelTensors tensors) {
    this.companions = companions;
    this.format = format;
    this.resources = resources;
    this.tensors = tensors;
  }

  /**
   * Reads a base and starts fresh adapters, which change nothing yet.
   *
   * @param seed of the adapters
   */
  static AdaptedModel fresh(
      ModelWeights base,
      DecoderConfig config,
      CompanionFiles companions,
      PromptFormat format,
      Lora lora,
      long seed)
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
      return new AdaptedModel(
          companions, format, resources, new ModelTensors(layout, adapters, frozen));
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

  /** Writes the base with its adapters merged into it. */
  @Override
  public void export(Path folder, Dtype dtype) throws IOException {
    List<Numbers> numbers = new ArrayList<>();
    for (Parameter p : Parameter.of(tensors.layout().config())) {
      numbers.add(merged(p));
    }
    ModelFolder.write(folder, tensors.layout().config(), companions, format, dtype, numbers);
  }

  private Numbers merged(Parameter p) {
    Numbers base = Numbers.of(p.name(), tensors.frozen(p.name()));
    Optional<LoraDelta> delta = tensors.delta(p);
    if (delta.isEmpty()) {
      return base;
    }
    return new Numbers(
        p.name(),
        p.shape(),
        (from, target, count) -> {
          base.source().read(from, target, count);
          delta.get().add(from, target, count);
        });
  }

  @Override
  public void close() {
    resources.close();
  }
}
