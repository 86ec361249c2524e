package org.riselm.onnx.internal.policy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;
import org.riselm.onnx.Lora;
import org.riselm.onnx.internal.decoder.ModelTensors;
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
import org.riselm.onnx.internal.runtime.Tensor;
import org.riselm.onnx.internal.util.Resources;
import org.riselm.onnx.model.DecoderConfig;
import org.riselm.onnx.text.PromptFormat;

/**
 * Adapters beside a frozen base, which is in memory once, in the precision of its files. What it
 * saves is the adapters only.
 */
public final class AdaptedModel implements PolicyModel {
  private static final long PIECE = 1 << 24;

  private final SidecarFiles companions;
  private final PromptFormat format;
  private final Resources resources;
  private final ModelTensors tensors;
  private final String fingerprint;

  /** Takes {@code resources}, which own {@code tensors}, over. */
  public AdaptedModel(
      SidecarFiles companions, PromptFormat format, Resources resources, ModelTensors tensors) {
    this.companions = companions;
    this.format = format;
    this.resources = resources;
    this.tensors = tensors;
    this.fingerprint = fingerprint(tensors);
  }

  /** What tells a base from another, however alike their configurations are. */
  public static String fingerprint(ModelTensors tensors) {
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

  /**
   * Reads a base, and makes room for adapters, which are zeros.
   *
   * @param owner of what is read
   * @throws IllegalArgumentException if the model has no such layers
   */
  public static ModelTensors read(
      Resources owner, ModelWeights base, DecoderConfig config, Lora lora) throws IOException {
    ParameterLayout layout = layout(base, config, lora);
    Map<String, Tensor> frozen = new HashMap<>();
    for (Map.Entry<Parameter, ElementType> p : layout.frozen().entrySet()) {
      String name = p.getKey().name();
      Tensor tensor = owner.add(Tensor.zeros(p.getValue(), p.getKey().sizes()));
      base.copy(name, tensor);
      frozen.put(name, tensor);
    }
    return new ModelTensors(layout, owner.add(ParameterBlock.zeros(layout.trained())), frozen);
  }

  /** What is trained and what stays as it is, in the precision of the base's files. */
  public static ParameterLayout layout(ModelWeights base, DecoderConfig config, Lora lora)
      throws IOException {
    Map<Parameter, ElementType> precision = new HashMap<>();
    for (Parameter p : Parameter.of(config)) {
      precision.put(p, base.elementType(p.name()));
    }
    return ParameterLayout.lora(config, lora, precision::get);
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
    AdapterFolder.write(folder, lora(), tensors.trained(), fingerprint);
  }

  @Override
  public void restore(Path folder) throws IOException {
    Lora saved = AdapterFolder.lora(folder, tensors.layout().config());
    if (!saved.equals(lora())) {
      throw new IOException(
          "%s: its adapters are %s; this policy's are %s".formatted(folder, saved, lora()));
    }
    AdapterFolder.checkBase(folder, fingerprint);
    AdapterFolder.read(folder, tensors.trained());
  }

  /** Writes the base with its adapters merged into it. */
  @Override
  public void export(Path folder, Dtype dtype) throws IOException {
    ModelFolder.write(folder, tensors.layout().config(), companions, format, dtype, merged());
  }

  /** Writes the base with its adapters merged into it. */
  @Override
  public void exportOnnx(Path folder, int... stopIds) throws IOException {
    ModelFolder.writeOnnx(folder, tensors.layout().config(), companions, format, merged(), stopIds);
  }

  private List<TensorSource> merged() {
    List<TensorSource> numbers = new ArrayList<>();
    for (Parameter p : Parameter.of(tensors.layout().config())) {
      TensorSource base = TensorSource.of(p.name(), tensors.frozen(p.name()));
      numbers.add(AdapterMerger.add(base, p, lora(), tensors.trained()));
    }
    return numbers;
  }

  @Override
  public void close() {
    resources.close();
  }
}
