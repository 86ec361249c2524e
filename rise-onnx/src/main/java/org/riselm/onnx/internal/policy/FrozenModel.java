package org.riselm.onnx.internal.policy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.riselm.onnx.internal.decoder.ModelTensors;
import org.riselm.onnx.internal.folder.SidecarFiles;
import org.riselm.onnx.internal.folder.safetensors.TensorSource;
import org.riselm.onnx.internal.util.Resources;
import org.riselm.onnx.text.PromptFormat;

/** A model that is not trained, in the precision of its files or quantized. */
final class FrozenModel extends PolicyModel {
  private final Path folder;
  private final Resources resources;
  private final ModelTensors tensors;

  /** Takes ownership of {@code resources}, which own {@code tensors}, read from {@code folder}. */
  FrozenModel(
      Path folder,
      SidecarFiles sidecars,
      PromptFormat format,
      Resources resources,
      ModelTensors tensors) {
    super(tensors.layout().config(), sidecars, format);
    this.folder = folder;
    this.resources = resources;
    this.tensors = tensors;
  }

  @Override
  public ModelTensors tensors() {
    return tensors;
  }

  @Override
  List<TensorSource> merged(Resources files) throws IOException {
    return BaseNumbers.of(folder, tensors, files);
  }

  @Override
  public void requireTrainable() {
    throw new IllegalStateException(
        "the policy is frozen: it samples and scores, and does not train; build it without"
            + " frozen(), for example with lora(Lora.rank(16))");
  }

  @Override
  public void save(Path folder) {
    throw new IllegalStateException(
        "the policy is frozen, so there is nothing trained to save; export writes its model");
  }

  @Override
  public void restore(Path folder) {
    throw new IllegalStateException(
        "the policy is frozen, so nothing can be restored into it; build a policy of " + folder);
  }

  @Override
  public void close() {
    resources.close();
  }
}
