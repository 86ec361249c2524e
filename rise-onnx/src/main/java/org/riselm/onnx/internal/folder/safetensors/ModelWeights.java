package org.riselm.onnx.internal.folder.safetensors;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.riselm.core.internal.util.InputFiles;
import org.riselm.onnx.Precision.Bits;
import org.riselm.onnx.internal.runtime.ElementType;
import org.riselm.onnx.internal.runtime.Tensor;

/**
 * The weights of a model: {@code model.safetensors} of its folder, the several files that {@code
 * model.safetensors.index.json} names, or another file of tensors. Open for reading until it is
 * closed.
 */
public final class ModelWeights implements AutoCloseable {
  /** The file of weights that fit one. */
  public static final String FILE = "model.safetensors";

  /** The file that says which of several files has which tensor. */
  public static final String INDEX = "model.safetensors.index.json";

  private static final long LARGEST_INDEX = 64L << 20;
  private static final int MOST_FILES = 10_000;
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private final Path source;
  private final Map<String, TensorFile> files = new LinkedHashMap<>();
  private final Map<String, TensorFile> owners = new LinkedHashMap<>();
  private final Map<String, String> storedNames = new LinkedHashMap<>();

  private ModelWeights(Path source) {
    this.source = source;
  }

  /**
   * Opens the weights of {@code folder} and checks their headers.
   *
   * @throws IOException naming the file, and the tensor if it is about one
   */
  public static ModelWeights open(Path folder) throws IOException {
    Path single = folder.resolve(FILE);
    boolean indexed = !Files.exists(single) && Files.exists(folder.resolve(INDEX));
    ModelWeights weights = new ModelWeights(indexed ? folder.resolve(INDEX) : single);
    try {
      if (indexed) {
        weights.openIndex(folder);
      } else {
        TensorFile file = weights.file(single, FILE);
        file.entries().keySet().forEach(name -> weights.owners.put(name, file));
      }
      return weights;
    } catch (IOException | RuntimeException | Error e) {
      weights.close();
      throw e;
    }
  }

  /** Returns all tensors of {@code file}, which this closes. */
  public static ModelWeights of(TensorFile file) {
    ModelWeights weights = new ModelWeights(file.path());
    weights.files.put(file.path().toString(), file);
    file.entries().keySet().forEach(name -> weights.owners.put(name, file));
    return weights;
  }

  private void openIndex(Path folder) throws IOException {
    InputFiles.check(source);
    if (Files.size(source) > LARGEST_INDEX) {
      throw new IOException(source + ": more than " + LARGEST_INDEX + " bytes");
    }
    JsonNode map;
    try {
      map = JSON.readTree(InputFiles.text(source)).path("weight_map");
    } catch (JsonProcessingException e) {
      throw new IOException(source + ": not JSON: " + e.getOriginalMessage(), e);
    }
    if (!map.isObject() || map.isEmpty()) {
      throw new IOException(source + ": weight_map is not an object of tensors' names and files");
    }
    for (Map.Entry<String, JsonNode> e : map.properties()) {
      String fileName = e.getValue().asText();
      if (!e.getValue().isTextual() || !fileName.matches("[\\w][\\w.-]*\\.safetensors")) {
        throw new IOException(
            "%s: %s: %s is not the name of a safetensors file in the same folder"
                .formatted(source, e.getKey(), e.getValue()));
      }
      TensorFile file = file(folder.resolve(fileName), fileName);
      if (!file.entries().containsKey(e.getKey())) {
        throw new IOException(
            "%s: %s: %s has no such tensor".formatted(source, e.getKey(), fileName));
      }
      owners.put(e.getKey(), file);
    }
    for (TensorFile file : files.values()) {
      for (String name : file.entries().keySet()) {
        if (owners.get(name) != file) {
          throw new IOException(
              "%s: %s is in %s, which the index does not say"
                  .formatted(source, name, file.path().getFileName()));
        }
      }
    }
  }

  private TensorFile file(Path path, String name) throws IOException {
    TensorFile file = files.get(name);
    if (file == null) {
      if (files.size() == MOST_FILES) {
        throw new IOException(source + ": more than " + MOST_FILES + " files");
      }
      file = SafetensorsFile.open(path);
      files.put(name, file);
    }
    return file;
  }

  /** The file that stands for all: the only one, or the index. For messages. */
  public Path source() {
    return source;
  }

  /** What there is, by name, in the order of the files. */
  public Map<String, TensorInfo> entries() {
    Map<String, TensorInfo> entries = new LinkedHashMap<>();
    owners.forEach(
        (name, file) -> {
          TensorInfo entry = file.entries().get(stored(name));
          if (entry != null) {
            entries.put(name, entry);
          }
        });
    return entries;
  }

  /**
   * Gives every tensor another name, for the methods here.
   *
   * @param names the present name of each, by its new one
   */
  public void rename(Map<String, String> names) {
    Map<String, TensorFile> present = new LinkedHashMap<>(owners);
    Map<String, String> stored = new LinkedHashMap<>();
    names.forEach((name, old) -> stored.put(name, stored(old)));
    owners.clear();
    names.forEach((name, old) -> owners.put(name, requireNonNull(present.get(old), old)));
    storedNames.clear();
    storedNames.putAll(stored);
  }

  private String stored(String name) {
    return storedNames.getOrDefault(name, name);
  }

  /**
   * What a tensor's numbers are in the file.
   *
   * @throws IOException naming the file and the tensor, if there is none of this name, or its
   *     numbers are of another type than 16- and 32-bit floats
   */
  public ElementType elementType(String name) throws IOException {
    return owner(name).elementType(stored(name));
  }

  /**
   * Copies a tensor into {@code target}; see {@link TensorFile#copy}.
   *
   * @throws IOException naming the file and the tensor, if there is none of this name, or its
   *     numbers are of another type than 16- and 32-bit floats
   */
  public void copy(String name, Tensor target) throws IOException {
    owner(name).copy(stored(name), target);
  }

  /**
   * Checks that every number of a tensor is finite, which {@link #copy} does, too.
   *
   * @throws IOException naming the file and the tensor
   */
  public void requireFinite(String name) throws IOException {
    owner(name).requireFinite(stored(name));
  }

  /**
   * A tensor's numbers, to be written elsewhere; this must stay open until they are.
   *
   * @throws IOException naming the file and the tensor, if there is none of this name, or its
   *     numbers are of another type than 16- and 32-bit floats
   */
  public TensorSource numbers(String name) throws IOException {
    TensorSource numbers = owner(name).numbers(stored(name));
    return new TensorSource(name, numbers.shape(), numbers.source());
  }

  /** Returns a matrix's blocks, if its file has them exactly so; see {@link TensorFile#blocks}. */
  public Optional<TensorFile.BlockSource> blocks(String name, Bits bits) throws IOException {
    return owner(name).blocks(stored(name), bits);
  }

  /**
   * Whether two tensors of safetensors files have the same type, shape and bits.
   *
   * @throws IOException naming the one that there is not
   */
  public boolean areEqual(String name, String otherName) throws IOException {
    return owner(name) instanceof SafetensorsFile file
        && owner(otherName) instanceof SafetensorsFile otherFile
        && file.areEqual(file.entry(stored(name)), otherFile, otherFile.entry(stored(otherName)));
  }

  private TensorFile owner(String name) throws IOException {
    TensorFile file = owners.get(name);
    if (file == null) {
      throw new IOException(source + ": it has no tensor " + name);
    }
    return file;
  }

  @Override
  public void close() throws IOException {
    for (TensorFile file : files.values()) {
      file.close();
    }
  }
}
