package org.riselm.onnx.artifact;

import static java.nio.channels.FileChannel.MapMode.READ_ONLY;
import static java.nio.file.StandardOpenOption.READ;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.riselm.core.internal.util.InputFiles;
import org.riselm.onnx.artifact.CheckpointFormat.Bag;
import org.riselm.onnx.artifact.CheckpointFormat.Group;
import org.riselm.onnx.artifact.CheckpointFormat.Module;
import org.riselm.onnx.artifact.CheckpointFormat.ParameterState;
import org.riselm.onnx.artifact.CheckpointFormat.Property;
import org.riselm.onnx.artifact.CheckpointFormat.Root;
import org.riselm.onnx.artifact.CheckpointFormat.TensorTable;
import org.riselm.onnx.internal.runtime.ElementType;

/** Reads checkpoints, mapping the bytes of their tensors. */
final class CheckpointReader {
  private final Path file;
  private final @Nullable FileChannel external;

  private CheckpointReader(Path file, @Nullable FileChannel external) {
    this.file = file;
    this.external = external;
  }

  static Checkpoint read(Path file) {
    try {
      FlatTable root = FlatTable.root(file, map(file), CheckpointFormat.IDENTIFIER);
      int version = root.int32(Root.VERSION, 0);
      if (version != CheckpointFormat.VERSION) {
        throw root.refuse(
            "version",
            Integer.toString(version),
            CheckpointFormat.VERSION + ", the only one that ONNX Runtime reads");
      }
      FlatTable module =
          root.table(Root.MODULE_STATE, "module_state")
              .orElseThrow(() -> root.refuse("module_state", "nothing", "parameters"));
      if (module.bool(Module.NOMINAL, false)) {
        throw module.refuse(
            "is_nominal_state", "true: names without values", "a checkpoint that has values");
      }
      if (!module.bool(Module.EXTERNAL, false)) {
        return new CheckpointReader(file, null).checkpoint(root, module);
      }
      Path data = Checkpoint.externalData(file);
      try (FileChannel channel = open(data)) {
        return new CheckpointReader(file, channel).checkpoint(root, module);
      } catch (NoSuchFileException e) {
        throw new ArtifactException(
            data, "external data of " + file, "no file", "the parameters; keep both together");
      }
    } catch (IllegalArgumentException e) {
      throw new ArtifactException(file, String.valueOf(e.getMessage()), e);
    } catch (IOException e) {
      throw new UncheckedIOException("could not read " + file + ": " + e.getMessage(), e);
    }
  }

  private static ByteBuffer map(Path file) throws IOException {
    try (FileChannel channel = open(file)) {
      if (channel.size() > Integer.MAX_VALUE) {
        throw new ArtifactException(
            file, "size", channel.size() + " bytes", "less than 2 GiB, as checkpoints have");
      }
      return channel.map(READ_ONLY, 0, channel.size());
    } catch (NoSuchFileException e) {
      throw new ArtifactException(file, "checkpoint", "no file", "one at this path");
    }
  }

  private static FileChannel open(Path file) throws IOException {
    String fault = InputFiles.fault(file);
    if (!fault.isEmpty()) {
      throw new ArtifactException(file, "checkpoint", fault, "a file of parameters");
    }
    return FileChannel.open(file, READ);
  }

  private Checkpoint checkpoint(FlatTable root, FlatTable module) throws IOException {
    return new Checkpoint(
        tensors(module, Module.TRAINABLE, "requires_grad_params"),
        tensors(module, Module.FROZEN, "frozen_params"),
        optimizer(root),
        properties(root));
  }

  private List<NamedTensor> tensors(FlatTable table, int field, String fieldName)
      throws IOException {
    List<NamedTensor> tensors = new ArrayList<>();
    for (FlatTable t : table.tables(field, fieldName)) {
      tensors.add(tensor(t));
    }
    return tensors;
  }

  private NamedTensor tensor(FlatTable table) throws IOException {
    String name = table.string(TensorTable.NAME, "name");
    int type = table.int32(TensorTable.TYPE, 0);
    if (type != ElementType.FLOAT.code()) {
      throw table.refuse(
          "data_type (of tensor " + name + ")",
          "ONNX type " + type,
          ElementType.FLOAT.code() + ", 32-bit floats");
    }
    List<Long> shape =
        table
            .int64s(TensorTable.DIMENSIONS, "dims")
            .orElseThrow(() -> table.refuse("dims", "nothing", "a shape"));
    Optional<ByteBuffer> raw = table.bytes(TensorTable.RAW_DATA, "raw_data");
    return new NamedTensor(
        name, shape, raw.isPresent() ? raw.get() : externalBytes(table, name, shape));
  }

  private ByteBuffer externalBytes(FlatTable table, String name, List<Long> shape)
      throws IOException {
    long offset = table.int64(TensorTable.EXTERNAL_OFFSET, -1);
    if (external == null || offset < 0) {
      throw table.refuse(
          "raw_data (of tensor " + name + ")",
          "nothing",
          "values, here or in " + Checkpoint.externalData(file));
    }
    long bytes = NamedTensor.bytesOf(shape);
    if (bytes > Integer.MAX_VALUE) {
      throw table.refuse(
          "dims (of tensor " + name + ")", bytes + " bytes", "less than 2 GiB for one tensor");
    }
    if (offset > external.size() - bytes) {
      throw new ArtifactException(
          Checkpoint.externalData(file),
          "tensor " + name,
          "a file of %d bytes".formatted(external.size()),
          "%d bytes from byte %d on, as %s has it".formatted(bytes, offset, file));
    }
    return external.map(READ_ONLY, offset, bytes);
  }

  private Optional<OptimizerState> optimizer(FlatTable root) throws IOException {
    List<FlatTable> groups = root.tables(Root.OPTIMIZER_GROUPS, "optimizer_groups");
    if (groups.isEmpty()) {
      return Optional.empty();
    }
    if (groups.size() > 1) {
      throw root.refuse(
          "optimizer_groups", groups.size() + " groups", "at most one, as ONNX Runtime trains");
    }
    FlatTable group = groups.get(0);
    String name = group.string(Group.NAME, "group_name");
    if (!name.equals(CheckpointFormat.GROUP)) {
      throw group.refuse("group_name", name, CheckpointFormat.GROUP);
    }
    Map<String, OptimizerState.Moments> moments = new LinkedHashMap<>();
    for (FlatTable state : group.tables(Group.STATES, "optimizer_states")) {
      String parameter = state.string(ParameterState.NAME, "param_name");
      if (moments.put(parameter, moments(state, parameter)) != null) {
        throw state.refuse("param_name", parameter + " a second time", "each parameter once");
      }
    }
    return Optional.of(
        new OptimizerState(
            group.int64(Group.STEP, 0), group.float32(Group.INITIAL_LEARNING_RATE, 0), moments));
  }

  private OptimizerState.Moments moments(FlatTable state, String parameter) throws IOException {
    Map<String, NamedTensor> byName = new LinkedHashMap<>();
    for (NamedTensor t : tensors(state, ParameterState.MOMENTS, "momentums")) {
      byName.put(t.name(), t);
    }
    NamedTensor first = byName.get(OptimizerState.Moments.FIRST);
    NamedTensor second = byName.get(OptimizerState.Moments.SECOND);
    if (first == null || second == null || byName.size() != 2) {
      throw state.refuse(
          "momentums (of " + parameter + ")",
          byName.keySet().toString(),
          "[%s, %s], as AdamW has them"
              .formatted(OptimizerState.Moments.FIRST, OptimizerState.Moments.SECOND));
    }
    return new OptimizerState.Moments(first, second);
  }

  private static Checkpoint.Properties properties(FlatTable root) {
    Optional<FlatTable> bag = root.table(Root.PROPERTY_BAG, "property_bag");
    if (bag.isEmpty()) {
      return Checkpoint.Properties.none();
    }
    FlatTable b = bag.get();
    return new Checkpoint.Properties(
        named(b, Bag.INTS, "ints", p -> p.int64(Property.VALUE, 0)),
        named(b, Bag.FLOATS, "floats", p -> p.float32(Property.VALUE, 0)),
        named(b, Bag.STRINGS, "strings", p -> p.string(Property.VALUE, "value")));
  }

  private static <V> Map<String, V> named(
      FlatTable bag, int field, String fieldName, Function<FlatTable, V> value) {
    Map<String, V> values = new LinkedHashMap<>();
    for (FlatTable property : bag.tables(field, fieldName)) {
      String name = property.string(Property.NAME, "name");
      if (values.put(name, value.apply(property)) != null) {
        throw property.refuse("name", name + " a second time", "each name once");
      }
    }
    return values;
  }
}
