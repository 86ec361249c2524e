package org.riselm.onnx;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.riselm.core.policy.NewFolder;
import org.riselm.onnx.artifact.Checkpoint;
import org.riselm.onnx.artifact.NamedTensor;
import org.riselm.onnx.model.ConfigFile;
import org.riselm.onnx.model.DecoderConfig;
import org.riselm.onnx.model.Parameter;
import org.riselm.onnx.model.Weights;
import org.riselm.onnx.text.PromptFormat;

/** The files of a saved policy. */
final class ModelFolder {
  private static final String CONFIG = "config.json";
  private static final String TOKENIZER = "tokenizer.json";
  private static final String PROMPT_FORMAT = "prompt_format.json";
  private static final String CHECKPOINT = "checkpoint";

  private ModelFolder() {}

  static Path tokenizer(Path folder) {
    return folder.resolve(TOKENIZER);
  }

  static DecoderConfig config(Path folder) throws IOException {
    return ConfigFile.read(folder.resolve(CONFIG));
  }

  static PromptFormat promptFormat(Path folder) throws IOException {
    return PromptFormat.read(folder.resolve(PROMPT_FORMAT));
  }

  static void write(
      Path folder, DecoderConfig config, byte[] tokenizerJson, PromptFormat format, Weights weights)
      throws IOException {
    List<NamedTensor> tensors =
        weights.parameters().stream()
            .map(p -> NamedTensor.of(p.name(), weights.tensor(p.name())))
            .toList();
    NewFolder.write(
        folder,
        work -> {
          ConfigFile.write(config, work.resolve(CONFIG));
          Files.write(work.resolve(TOKENIZER), tokenizerJson);
          format.write(work.resolve(PROMPT_FORMAT));
          Checkpoint.of(tensors).write(work.resolve(CHECKPOINT));
        });
  }

  /** Fills {@code weights} from the folder's checkpoint, or throws and leaves them as they are. */
  static void readWeights(Path folder, Weights weights) throws IOException {
    Path file = folder.resolve(CHECKPOINT);
    Map<String, NamedTensor> tensors = new HashMap<>();
    Checkpoint checkpoint = Checkpoint.read(file);
    checkpoint.trainable().forEach(t -> tensors.put(t.name(), t));
    checkpoint.frozen().forEach(t -> tensors.put(t.name(), t));
    for (Parameter p : weights.parameters()) {
      NamedTensor found = tensors.get(p.name());
      if (found == null) {
        throw new IOException(
            "%s: it has no parameter %s, which the model of %s needs"
                .formatted(file, p.name(), CONFIG));
      }
      if (!found.shape().equals(p.shape())) {
        throw new IOException(
            "%s: parameter %s has the shape %s; the model of %s needs %s"
                .formatted(file, p.name(), found.shape(), CONFIG, p.shape()));
      }
    }
    for (Parameter p : weights.parameters()) {
      NamedTensor found = tensors.get(p.name());
      if (found != null) {
        found.copyTo(weights.tensor(p.name()));
      }
    }
  }
}
