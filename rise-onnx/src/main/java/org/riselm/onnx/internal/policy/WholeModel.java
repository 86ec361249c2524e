package org.riselm.onnx.internal.policy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.riselm.onnx.internal.decoder.ModelTensors;
import org.riselm.onnx.internal.decoder.Parameter;
import org.riselm.onnx.internal.decoder.ParameterBlock;
import org.riselm.onnx.internal.folder.ModelFolder;
import org.riselm.onnx.internal.folder.SidecarFiles;
import org.riselm.onnx.internal.folder.safetensors.Dtype;
import org.riselm.onnx.internal.folder.safetensors.ModelWeights;
import org.riselm.onnx.internal.folder.safetensors.TensorSource;
import org.riselm.onnx.internal.util.Resources;
import org.riselm.onnx.model.DecoderConfig;
import org.riselm.onnx.text.PromptFormat;

/** A model of which every parameter is trained, in fp32. Its folders are model folders. */
final class WholeModel extends PolicyModel {
  private final ParameterBlock weights;

  /** Takes ownership of {@code weights}. */
  WholeModel(
      DecoderConfig config, SidecarFiles sidecars, PromptFormat format, ParameterBlock weights) {
    super(config, sidecars, format);
    this.weights = weights;
  }

  @Override
  public ModelTensors tensors() {
    return ModelTensors.full(config(), weights);
  }

  @Override
  public void save(Path folder) throws IOException {
    export(folder, Dtype.F32);
  }

  @Override
  List<TensorSource> merged(Resources files) {
    return weights.parameters().stream()
        .map(p -> TensorSource.of(p.name(), weights.tensor(p.name())))
        .toList();
  }

  @Override
  public void restore(Path folder) throws IOException {
    DecoderConfig saved = ModelFolder.config(folder);
    if (!saved.equals(config())) {
      throw new IOException(
          "%s: its model is %s; this policy's is %s".formatted(folder, saved, config()));
    }
    try (ModelWeights stored = ModelFolder.openWeights(folder, config())) {
      // Before any of this policy's numbers is replaced.
      for (Parameter p : weights.parameters()) {
        stored.requireFinite(p.name());
      }
      ModelFolder.copy(stored, weights);
    }
  }

  @Override
  public void close() {
    weights.close();
  }
}
