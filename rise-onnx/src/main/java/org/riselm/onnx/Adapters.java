package org.riselm.onnx;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.riselm.onnx.internal.decoder.Parameter;
import org.riselm.onnx.internal.decoder.ParameterBlock;
import org.riselm.onnx.internal.decoder.ParameterLayout;
import org.riselm.onnx.internal.folder.AdapterFolder;
import org.riselm.onnx.internal.folder.AdapterMerger;
import org.riselm.onnx.internal.folder.ModelFolder;
import org.riselm.onnx.internal.folder.SidecarFiles;
import org.riselm.onnx.internal.folder.safetensors.Dtype;
import org.riselm.onnx.internal.folder.safetensors.ModelWeights;
import org.riselm.onnx.internal.folder.safetensors.TensorSource;
import org.riselm.onnx.internal.runtime.ElementType;
import org.riselm.onnx.model.DecoderConfig;

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
   * @param precision of the numbers written
   * @throws IOException naming the file and what is wrong with it
   */
  public static void merge(Path model, Path adapter, Path target, Precision precision)
      throws IOException {
    write(model, adapter, target, precision, AdapterMerger::add);
  }

  /**
   * Writes {@code merged} with {@code adapter} taken out of its weights: the model before {@link
   * #merge}, but for what the merging rounded.
   *
   * @param merged a Hugging Face model folder
   * @param adapter the folder of the adapters that were merged into it
   * @param target new or empty; it appears whole or not at all
   * @param precision of the numbers written
   * @throws IOException naming the file and what is wrong with it
   */
  public static void unmerge(Path merged, Path adapter, Path target, Precision precision)
      throws IOException {
    write(merged, adapter, target, precision, AdapterMerger::takeOff);
  }

  private interface Change {
    TensorSource of(TensorSource weight, Parameter p, Lora lora, ParameterBlock adapters);
  }

  private static void write(
      Path model, Path adapter, Path target, Precision precision, Change change)
      throws IOException {
    DecoderConfig config = ModelFolder.config(model);
    Lora lora = AdapterFolder.lora(adapter, config);
    ParameterLayout layout = ParameterLayout.lora(config, lora, p -> ElementType.FLOAT);
    try (ModelWeights stored = ModelFolder.openWeights(model, config);
        ParameterBlock adapters = ParameterBlock.zeros(layout.trained())) {
      AdapterFolder.read(adapter, adapters);
      List<TensorSource> numbers = new ArrayList<>();
      for (Parameter p : Parameter.of(config)) {
        numbers.add(change.of(stored.numbers(p.name()), p, lora, adapters));
      }
      ModelFolder.write(
          target, config, SidecarFiles.read(model), Dtype.of(ElementType.of(precision)), numbers);
    }
  }
}
