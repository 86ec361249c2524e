package org.riselm.onnx.artifact;

import com.google.common.collect.ImmutableSortedMap;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Parameters, and where the optimizer stands: the {@code checkpoint} of the training artifacts.
 * Immutable but for the memory that its tensors view. Gradients and the learning rate are never
 * part of it.
 *
 * <p>The file format is ONNX Runtime's: a FlatBuffer with identifier {@code ODTC}, version 2. Its
 * optimizer group is AdamW's.
 *
 * @param trainable the parameters that training changes, in the order they are written
 * @param frozen the parameters that graphs take as inputs and training leaves alone
 * @param optimizer empty where nothing was trained, or only the parameters matter
 * @param properties the user's own values
 */
public record Checkpoint(
    List<NamedTensor> trainable,
    List<NamedTensor> frozen,
    Optional<OptimizerState> optimizer,
    Properties properties) {
  /** Checks that names are used once, and that moments are of trainable parameters. */
  public Checkpoint {
    trainable = List.copyOf(trainable);
    frozen = List.copyOf(frozen);
    Set<String> names = new HashSet<>();
    for (List<NamedTensor> tensors : List.of(trainable, frozen)) {
      for (NamedTensor tensor : tensors) {
        if (!names.add(tensor.name())) {
          throw new IllegalArgumentException(
              "found two parameters named " + tensor.name() + ", expected one");
        }
      }
    }
    if (optimizer.isPresent() && !optimizer.get().moments().isEmpty()) {
      checkMoments(trainable, optimizer.get().moments());
    }
  }

  /**
   * Parameters that were not trained yet, all trainable.
   *
   * @param trainable the parameters
   * @return the checkpoint
   */
  public static Checkpoint of(List<NamedTensor> trainable) {
    return new Checkpoint(trainable, List.of(), Optional.empty(), Properties.none());
  }

  private static void checkMoments(
      List<NamedTensor> trainable, Map<String, OptimizerState.Moments> moments) {
    Map<String, NamedTensor> parameters =
        trainable.stream().collect(Collectors.toMap(NamedTensor::name, t -> t));
    moments.forEach(
        (name, m) -> {
          NamedTensor parameter = parameters.get(name);
          if (parameter == null) {
            throw new IllegalArgumentException(
                "found moments of %s, expected moments of trainable parameters only"
                    .formatted(name));
          }
          if (!parameter.shape().equals(m.first().shape())) {
            throw new IllegalArgumentException(
                "found moments of %s of shape %s, expected the parameter's %s"
                    .formatted(name, m.first().shape(), parameter.shape()));
          }
        });
    for (String name : parameters.keySet()) {
      if (!moments.containsKey(name)) {
        throw new IllegalArgumentException(
            "found no moments of the trainable parameter %s, expected one pair for each"
                .formatted(name));
      }
    }
  }

  /**
   * Reads a checkpoint that this library or ONNX Runtime wrote. The values are mapped, not copied:
   * the file must stay as it is while they are used. Replacing it by another is fine where a file
   * in use can be replaced, which on Windows it cannot.
   *
   * @param file the checkpoint
   * @return the checkpoint
   * @throws ArtifactException if there is no such file, or it does not hold what it should
   */
  public static Checkpoint read(Path file) {
    return CheckpointReader.read(file);
  }

  /**
   * Writes the checkpoint, replacing what is there: the file is either the old one or the whole new
   * one, also after a crash. From 1800 MiB on, it is as with {@link #writeExternal}.
   *
   * @param file the checkpoint
   * @throws IllegalArgumentException if the moments take 2 GiB or more: ONNX Runtime's format has
   *     no room for them
   */
  public void write(Path file) {
    CheckpointWriter.write(this, file, CheckpointWriter.INLINE_BYTES);
  }

  /**
   * Writes the checkpoint with its parameters in a second file, named as the first with {@code
   * .data} behind it. The moments stay in the first. The two are replaced in such an order that a
   * crash may leave no checkpoint, but never one whose parameters are of another.
   *
   * @param file the checkpoint
   * @throws IllegalArgumentException if the moments take 2 GiB or more
   */
  public void writeExternal(Path file) {
    CheckpointWriter.write(this, file, 0);
  }

  /**
   * {@return where the parameters of the checkpoint {@code file} are, if they are not in it}
   *
   * @param file the checkpoint
   */
  public static Path externalData(Path file) {
    return file.resolveSibling(file.getFileName() + ".data");
  }

  /**
   * Named values of the user's own that travel with a checkpoint. A name is used once, whatever its
   * type. Iterates by name.
   *
   * @param ints 64-bit integers
   * @param floats 32-bit floats
   * @param strings texts
   */
  public record Properties(
      Map<String, Long> ints, Map<String, Float> floats, Map<String, String> strings) {
    private static final Properties NONE = new Properties(Map.of(), Map.of(), Map.of());

    /** Checks that names are used once, and that texts are Unicode. */
    public Properties {
      ints = ImmutableSortedMap.copyOf(ints);
      floats = ImmutableSortedMap.copyOf(floats);
      strings = ImmutableSortedMap.copyOf(strings);
      Set<String> names = new HashSet<>();
      for (Set<String> some : List.of(ints.keySet(), floats.keySet(), strings.keySet())) {
        for (String name : some) {
          checkText(name);
          if (!names.add(name)) {
            throw new IllegalArgumentException(
                "found two properties named " + name + ", expected one");
          }
        }
      }
      strings.values().forEach(Properties::checkText);
    }

    private static void checkText(String text) {
      if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
        throw new IllegalArgumentException(
            "found a property's text with half a surrogate pair, expected Unicode: " + text);
      }
    }

    /** {@return no properties} */
    public static Properties none() {
      return NONE;
    }
  }
}
