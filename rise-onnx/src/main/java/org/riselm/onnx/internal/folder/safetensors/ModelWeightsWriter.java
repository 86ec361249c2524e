package org.riselm.onnx.internal.folder.safetensors;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Writes the weights of a model folder: into one file, or several with an index. */
public final class ModelWeightsWriter {
  /** The size that Hugging Face's tools keep their files below: 5 GB. */
  public static final long LARGEST_FILE = 5_000_000_000L;

  private static final ObjectMapper JSON = new ObjectMapper();

  private ModelWeightsWriter() {}

  /**
   * Writes all of {@code tensors} into {@code folder}.
   *
   * @param dtype as {@link SafetensorsWriter#write} takes it
   * @param largestFile how many bytes of numbers a file holds at most, unless a single tensor has
   *     more
   */
  public static void write(Path folder, Dtype dtype, List<TensorSource> tensors, long largestFile)
      throws IOException {
    List<List<TensorSource>> files = new ArrayList<>();
    long room = 0;
    long total = 0;
    for (TensorSource t : tensors) {
      long bytes = t.elements() * dtype.bytes();
      if (files.isEmpty() || bytes > room) {
        files.add(new ArrayList<>());
        room = largestFile;
      }
      files.get(files.size() - 1).add(t);
      room -= bytes;
      total += bytes;
    }
    if (files.size() <= 1) {
      SafetensorsWriter.write(folder.resolve(ModelWeights.FILE), dtype, tensors);
      return;
    }
    ObjectNode index = JSON.createObjectNode();
    index.putObject("metadata").put("total_size", total);
    ObjectNode map = index.putObject("weight_map");
    for (int i = 0; i < files.size(); i++) {
      String name = "model-%05d-of-%05d.safetensors".formatted(i + 1, files.size());
      SafetensorsWriter.write(folder.resolve(name), dtype, files.get(i));
      files.get(i).forEach(t -> map.put(t.name(), name));
    }
    Files.write(
        folder.resolve(ModelWeights.INDEX),
        JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(index));
  }
}
