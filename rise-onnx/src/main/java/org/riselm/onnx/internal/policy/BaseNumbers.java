package org.riselm.onnx.internal.policy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.riselm.onnx.internal.decoder.ModelTensors;
import org.riselm.onnx.internal.decoder.Parameter;
import org.riselm.onnx.internal.folder.ModelFolder;
import org.riselm.onnx.internal.folder.safetensors.ModelWeights;
import org.riselm.onnx.internal.folder.safetensors.TensorSource;
import org.riselm.onnx.internal.util.Resources;
import org.riselm.onnx.model.DecoderConfig;

/** A frozen base in the precision of its files, which is not in memory where it is quantized. */
final class BaseNumbers {
  private BaseNumbers() {}

  /**
   * Returns every parameter's numbers.
   *
   * @param folder the model's, which is read again if it was quantized
   * @param files takes what must be open until they are written
   */
  static List<TensorSource> of(Path folder, ModelTensors tensors, Resources files)
      throws IOException {
    DecoderConfig config = tensors.layout().config();
    List<TensorSource> numbers = new ArrayList<>();
    if (tensors.layout().bits().isEmpty()) {
      for (Parameter p : Parameter.of(config)) {
        numbers.add(TensorSource.of(p.name(), tensors.frozen(p.name())));
      }
      return numbers;
    }
    ModelWeights stored = files.add(ModelFolder.openWeights(folder, config));
    for (Parameter p : Parameter.of(config)) {
      numbers.add(stored.numbers(p.name()));
    }
    return numbers;
  }
}
