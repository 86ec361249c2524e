package org.riselm.onnx.internal.policy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.riselm.onnx.Lora;
import org.riselm.onnx.internal.decoder.ModelTensors;
import org.riselm.onnx.internal.decoder.Parameter;
import org.riselm.onnx.internal.folder.AdapterFolder;
import org.riselm.onnx.internal.folder.AdapterMerger;
import org.riselm.onnx.internal.folder.ModelFolder;
import org.riselm.onnx.internal.folder.SidecarFiles;
import org.riselm.onnx.internal.folder.safetensors.TensorSource;
import org.riselm.onnx.internal.runtime.Tensor;
import org.riselm.onnx.internal.util.Resources;
import org.riselm.onnx.text.PromptFormat;

/**
 * Adapters beside a frozen base, which is in memory once, in the precision of its files or
 * quantized. What it saves is the adapters only.
 */
final class AdaptedModel extends PolicyModel {
  private static final long PIECE = 1 << 24;

  private final Path folder;
  private final Resources resources;
  private final ModelTensors tensors;
  private final AdapterFolder.Base base;

  /** Takes ownership of {@code resources}, which own {@code tensors}, read from {@code folder}. */
  AdaptedModel(
      Path folder,
      SidecarFiles sidecars,
      PromptFormat format,
      Resources resources,
      ModelTensors tensors) {
    super(tensors.layout().config(), sidecars, format);
    this.folder = folder;
    this.resources = resources;
    this.tensors = tensors;
    this.base =
        new AdapterFolder.Base(
            ModelFolder.name(folder), fingerprint(tensors), tensors.layout().bits());
  }

  /** Returns what tells a base from another, however alike their configurations are. */
  private static String fingerprint(ModelTensors tensors) {
    CRC32C sum = new CRC32C();
    for (Parameter p : tensors.layout().frozen().keySet()) {
      Tensor whole = tensors.frozen(p.name());
      for (long from = 0; from < whole.elements(); from += PIECE) {
        try (Tensor piece = whole.slice(from, Math.min(PIECE, whole.elements() - from))) {
          sum.update(piece.bytes());
        }
      }
    }
    return "%08x".formatted(sum.getValue());
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
    AdapterFolder.write(folder, lora(), tensors.trained(), base);
  }

  @Override
  public void restore(Path folder) throws IOException {
    Lora saved = AdapterFolder.lora(folder, config());
    if (!saved.equals(lora())) {
      throw new IOException(
          "%s: its adapters are %s; this policy's are %s".formatted(folder, saved, lora()));
    }
    read(folder);
  }

  /** Reads the adapters in {@code folder}, which must be for this base and of this shape. */
  void read(Path folder) throws IOException {
    AdapterFolder.checkBase(folder, base);
    AdapterFolder.read(folder, tensors.trained());
  }

  @Override
  List<TensorSource> merged(Resources files) throws IOException {
    List<TensorSource> numbers = BaseNumbers.of(folder, tensors, files);
    List<TensorSource> merged = new ArrayList<>();
    List<Parameter> parameters = Parameter.of(config());
    for (int i = 0; i < numbers.size(); i++) {
      merged.add(AdapterMerger.add(numbers.get(i), parameters.get(i), lora(), tensors.trained()));
    }
    return merged;
  }

  @Override
  public void close() {
    resources.close();
  }
}
