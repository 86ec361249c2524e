package org.riselm.onnx;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.riselm.onnx.model.DecoderConfig;
import org.riselm.onnx.model.Layout;
import org.riselm.onnx.model.Lora;
import org.riselm.onnx.model.Parameter;
import org.riselm.onnx.model.Weights;
import org.riselm.onnx.runtime.ElementType;
import org.riselm.onnx.safetensors.Dtype;
import org.riselm.onnx.safetensors.ModelWeights;
import org.riselm.onnx.safetensors.Numbers;

/**
 * Adapters into a model's weights and out of them again, from folder to folder. Only the adapters
 * are in memory, so a model may be larger than that.
 */
public final class Adapters {
  private Adapters() {}

  /**
   * Writes {@code model} with {@code adapter} merged into its weights.
   *
   * @param model a Hugging Face model folder
   * @param adapter a folder that {@link OnnxPolicy#save} or Hugging Face's PEFT wrote
   * @param target new or empty; it appears whole or not at all
   * @param dtype of the numbers written: F32, F16 or BF16
   * @throws IOException naming the file and what is wrong with it
   */
  public static void merge(Path model, Path adapter, Path target, Dtype dtype) throws IOException {
    write(model, adapter, target, dtype, Merging::add);
  }

  /**
   * Writes {@code merged} with {@code adapter} taken out of its weights: the model before {@link
   * #merge}, but for what the merging rounded.
   *
   * @param merged a Hugging Face model folder
   * @param adapter the folder of the adapters that were merged into it
   * @param target new or empty; it appears whole or not at all
   * @param dtype of the numbers written: F32, F16 or BF16
   * @throws IOException naming the file and what is wrong with it
   */
  public static void unmerge(Path merged, Path adapter, Path target, Dtype dtype)
      throws IOException {
    write(merged, adapter, target, dtype, Merging::takeOff);
  }

  private interface Change {
    Numbers of(Numbers weight, Parameter p, Lora lora, Weights adapters);
  }

  private static void write(Path model, Path adapter, Path target, Dtype dtype, Change change)
      throws IOException {
    DecoderConfig config = ModelFolder.config(model);
    Lora lora = AdapterFolder.lora(adapter, config);
    Layout layout = Layout.lora(config, lora, p -> ElementType.FLOAT);
    try (ModelWeights stored = ModelFolder.openWeights(model, config);
        Weights adapters = Weights.zeros(layout.trained())) {
      AdapterFolder.read(adapter, adapters);
      List<Numbers> numbers = new ArrayList<>();
      for (Parameter p : Parameter.of(config)) {
        numbers.add(change.of(stored.numbers(p.name()), p, lora, adapters));
      }
      ModelFolder.write(target, config, CompanionFiles.read(model), dtype, numbers);
    }
  }
}
