package org.riselm.onnx.internal.folder;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.riselm.core.internal.util.AtomicFiles;
import org.riselm.onnx.Lora;
import org.riselm.onnx.Precision.Bits;
import org.riselm.onnx.internal.decoder.Parameter;
import org.riselm.onnx.internal.decoder.ParameterBlock;
import org.riselm.onnx.internal.decoder.ParameterLayout;
import org.riselm.onnx.internal.folder.safetensors.Dtype;
import org.riselm.onnx.internal.folder.safetensors.SafetensorsFile;
import org.riselm.onnx.internal.folder.safetensors.SafetensorsWriter;
import org.riselm.onnx.internal.folder.safetensors.TensorInfo;
import org.riselm.onnx.internal.folder.safetensors.TensorSource;
import org.riselm.onnx.internal.runtime.ElementType;
import org.riselm.onnx.model.DecoderConfig;

/** The files of adapters, as Hugging Face's PEFT names and fills them. */
public final class AdapterFolder {
  private static final String CONFIG = "adapter_config.json";
  private static final String WEIGHTS = "adapter_model.safetensors";
  // PEFT wraps the model twice before it names its parts.
  private static final String PREFIX = "base_model.model.";

  // In the header of the weights, where PEFT passes over it.
  private static final String BASE = "base_crc32c";
  private static final String BITS = "base_bits";
  // For adapters that stand beside weights as they are in the files.
  private static final String WHOLE = "as in its files";

  /**
   * What a base is told by.
   *
   * @param name of it, or its folder
   * @param checksum of its numbers as they are in memory
   * @param bits of each if they are quantized
   */
  public record Base(String name, String checksum, Optional<Bits> bits) {
    private String precision() {
      return bits.map(b -> Integer.toString(b.count())).orElse(WHOLE);
    }
  }

  private AdapterFolder() {}

  /**
   * Writes adapters. The folder appears whole or not at all.
   *
   * @param base beside which they were trained
   */
  public static void write(Path folder, Lora lora, ParameterBlock adapters, Base base)
      throws IOException {
    List<TensorSource> tensors =
        adapters.parameters().stream()
            .map(p -> TensorSource.of(PREFIX + p.name(), adapters.tensor(p.name())))
            .toList();
    AtomicFiles.writeFolder(
        folder,
        work -> {
          AdapterFile.write(lora, base.name(), work.resolve(CONFIG));
          SafetensorsWriter.write(
              work.resolve(WEIGHTS),
              Dtype.F32,
              tensors,
              Map.of(BASE, base.checksum(), BITS, base.precision()));
        });
  }

  /**
   * What the adapters in {@code folder} are.
   *
   * @param config of the model beside which they stand
   * @throws IOException naming the file and the field that cannot be followed, or the tensor that
   *     is missing, too many, or of another shape
   */
  public static Lora lora(Path folder, DecoderConfig config) throws IOException {
    Path file = folder.resolve(CONFIG);
    Lora lora = AdapterFile.read(file, config);
    List<Parameter> parameters;
    try {
      parameters = ParameterLayout.lora(config, lora, p -> ElementType.FLOAT).trained();
    } catch (IllegalArgumentException e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    }
    // Before anything is allocated, the numbers are known to be there.
    try (SafetensorsFile weights = SafetensorsFile.open(folder.resolve(WEIGHTS))) {
      check(weights, parameters);
    }
    return lora;
  }

  /**
   * Refuses adapters that were trained beside another base; those that do not say beside which, as
   * PEFT's do not, are taken.
   *
   * @param base of this model
   */
  public static void checkBase(Path folder, Base base) throws IOException {
    try (SafetensorsFile file = SafetensorsFile.open(folder.resolve(WEIGHTS))) {
      String precision = file.metadata().getOrDefault(BITS, base.precision());
      if (!precision.equals(base.precision())) {
        throw new IOException(
            "%s: its adapters were trained beside %s, and this model's weights are %s; open the model %s"
                .formatted(
                    file.path(),
                    precision.equals(WHOLE)
                        ? "weights " + WHOLE
                        : "weights quantized to " + precision + " bits",
                    base.bits().map(b -> "quantized to " + b.count() + " bits").orElse(WHOLE),
                    precision.equals(WHOLE)
                        ? "without quantized()"
                        : "with quantized() of " + precision + " bits"));
      }
      String theirs = file.metadata().getOrDefault(BASE, base.checksum());
      if (!theirs.equals(base.checksum())) {
        throw new IOException(
            "%s: its adapters stand beside weights of the CRC-32C %s; this model's is %s"
                .formatted(file.path(), theirs, base.checksum()));
      }
    }
  }

  /** Reads the numbers of adapters; fails as {@link #lora} does, and has read nothing then. */
  public static void read(Path folder, ParameterBlock adapters) throws IOException {
    try (SafetensorsFile file = SafetensorsFile.open(folder.resolve(WEIGHTS))) {
      check(file, adapters.parameters());
      for (Parameter p : adapters.parameters()) {
        file.copy(PREFIX + p.name(), adapters.tensor(p.name()));
      }
    }
  }

  private static void check(SafetensorsFile file, List<Parameter> adapters) throws IOException {
    Map<String, TensorInfo> extra = new LinkedHashMap<>(file.entries());
    for (Parameter p : adapters) {
      TensorInfo found = extra.remove(PREFIX + p.name());
      if (found == null || !found.shape().equals(p.shape())) {
        throw new IOException(
            "%s: %s%s: %s; the adapters need the shape %s"
                .formatted(
                    file.path(),
                    PREFIX,
                    p.name(),
                    found == null ? "there is none" : "its shape is " + found.shape(),
                    p.shape()));
      }
      file.requireFinite(PREFIX + p.name());
    }
    if (!extra.isEmpty()) {
      throw new IOException(
          "%s: %s: the adapters have no use for it"
              .formatted(file.path(), extra.keySet().iterator().next()));
    }
  }
}
