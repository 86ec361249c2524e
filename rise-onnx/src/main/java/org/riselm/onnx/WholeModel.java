package org.riselm.onnx;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.riselm.onnx.model.DecoderConfig;
import org.riselm.onnx.model.ModelTensors;
import org.riselm.onnx.model.Weights;
import org.riselm.onnx.safetensors.Dtype;
import org.riselm.onnx.safetensors.ModelWeights;
import org.riselm.onnx.safetensors.Numbers;
import org.riselm.onnx.text.PromptFormat;

/** A model of which every parameter is trained, in fp32. Its folders are model folders. */
final class WholeModel implements PolicyModel {
  private final DecoderConfig config;
  private final CompanionFiles companions;
  private final PromptFormat format;
  private final Weights weights;

  /** Takes {@code weights} over. */
  WholeModel(
      DecoderConfig config, CompanionFiles companions, PromptFormat format, Weights weights) {
    this.config = config;
    this.companions = companions;
    this.format = format;
    this.weights = weights;
  }

  @Override
  public ModelTensors tensors() {
    return ModelTensors.full(config, weights);
  }

  @Override
  public void save(Path folder) throws IOException {
    export(folder, Dtype.F32);
  }

  @Override
  public void export(Path folder, Dtype dtype) throws IOException {
    ModelFolder.write(folder, config, companions, format, dtype, numbers());
  }

  @Override
  public void exportOnnx(Path folder, int... stopIds) throws IOException {
    ModelFolder.writeOnnx(folder, config, companions, format, numbers(), stopIds);
  }

  private List<Numbers> numbers() {
    return weights.parameters().stream()
        .map(p -> Numbers.of(p.name(), weights.tensor(p.name())))
        .toList();
  }

  @Override
  public void restore(Path folder) throws IOException {
    DecoderConfig saved = ModelFolder.config(folder);
    if (!saved.equals(config)) {
      throw new IOException(
          "%s: its model is %s; this policy's is %s".formatted(folder, saved, config));
    }
    try (ModelWeights stored = ModelFolder.openWeights(folder, config)) {
      ModelFolder.copy(stored, weights);
    }
  }

  @Override
  public void close() {
    weights.close();
  }
}
