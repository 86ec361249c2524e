package org.riselm.onnx;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.riselm.core.policy.NewFolder;
import org.riselm.onnx.model.AdapterFile;
import org.riselm.onnx.model.Lora;
import org.riselm.onnx.model.Parameter;
import org.riselm.onnx.model.Weights;
import org.riselm.onnx.safetensors.Dtype;
import org.riselm.onnx.safetensors.Entry;
import org.riselm.onnx.safetensors.Numbers;
import org.riselm.onnx.safetensors.SafetensorsFile;
import org.riselm.onnx.safetensors.SafetensorsWriter;

/** The files of adapters, as Hugging Face's PEFT names and fills them. */
final class AdapterFolder {
  private static final String CONFIG = "adapter_config.json";
  private static final String WEIGHTS = "adapter_model.safetensors";
  // PEFT wraps the model twice before it names its parts.
  private static final String PREFIX = "base_model.model.";

  private AdapterFolder() {}

  /** Writes adapters. The folder appears whole or not at all. */
  static void write(Path folder, Lora lora, Weights adapters) throws IOException {
    List<Numbers> tensors =
        adapters.parameters().stream()
            .map(p -> Numbers.of(PREFIX + p.name(), adapters.tensor(p.name())))
            .toList();
    NewFolder.write(
        folder,
        work -> {
          AdapterFile.write(lora, work.resolve(CONFIG));
          SafetensorsWriter.write(work.resolve(WEIGHTS), Dtype.F32, tensors);
        });
  }

  /**
   * Reads the numbers of adapters that are like {@code lora} into {@code adapters}.
   *
   * @throws IOException naming the file and what is missing, too many, or another than {@code
   *     lora}'s
   */
  static void read(Path folder, Lora lora, Weights adapters) throws IOException {
    Lora saved = AdapterFile.read(folder.resolve(CONFIG));
    if (!saved.equals(lora)) {
      throw new IOException(
          "%s: its adapters are %s; this policy's are %s".formatted(folder, saved, lora));
    }
    try (SafetensorsFile file = SafetensorsFile.open(folder.resolve(WEIGHTS))) {
      check(file, adapters);
      for (Parameter p : adapters.parameters()) {
        file.copy(PREFIX + p.name(), adapters.tensor(p.name()));
      }
    }
  }

  private static void check(SafetensorsFile file, Weights adapters) throws IOException {
    Map<String, Entry> extra = new LinkedHashMap<>(file.entries());
    for (Parameter p : adapters.parameters()) {
      Entry found = extra.remove(PREFIX + p.name());
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
    }
    if (!extra.isEmpty()) {
      throw new IOException(
          "%s: %s: the adapters have no use for it"
              .formatted(file.path(), extra.keySet().iterator().next()));
    }
  }
}
