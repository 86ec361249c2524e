package org.riselm.onnx.artifact;

import com.google.flatbuffers.FlatBufferBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.riselm.core.internal.util.AtomicFiles;
import org.riselm.onnx.artifact.CheckpointFormat.Bag;
import org.riselm.onnx.artifact.CheckpointFormat.Group;
import org.riselm.onnx.artifact.CheckpointFormat.Module;
import org.riselm.onnx.artifact.CheckpointFormat.ParameterState;
import org.riselm.onnx.artifact.CheckpointFormat.Property;
import org.riselm.onnx.artifact.CheckpointFormat.Root;
import org.riselm.onnx.artifact.CheckpointFormat.TensorTable;
import org.riselm.onnx.internal.runtime.ElementType;

/**
 * Writes checkpoints without a copy of their tensors. The builder makes everything but the tensors'
 * bytes, which is small. The bytes follow it in the file, straight from where they are, and each
 * table's offset to its bytes is filled in once both places are known. FlatBuffers allow for that:
 * an offset points forward to anywhere in the file.
 */
final class CheckpointWriter {
  /** From this size on, parameters go to a second file, as ONNX Runtime's own exporter has it. */
  static final long INLINE_BYTES = 1800L << 20;

  private static final int VECTOR_HEADER = Integer.BYTES;

  // Defaults are written too: eliding 0 would turn -0 into it.
  private final FlatBufferBuilder builder = new FlatBufferBuilder().forceDefaults(true);
  private final List<Inline> inline = new ArrayList<>();
  private final List<ByteBuffer> external = new ArrayList<>();
  private long externalBytes;

  /** Bytes to write, and the slot of their table's offset, counted from the tables' end. */
  private record Inline(int slot, ByteBuffer bytes) {}

  private CheckpointWriter() {}

  /** Writes the parameters to a second file if all tensors take {@code inlineBytes} or more. */
  static void write(Checkpoint checkpoint, Path file, long inlineBytes) {
    boolean split = bytesOf(checkpoint) >= inlineBytes;
    CheckpointWriter writer = new CheckpointWriter();
    ByteBuffer tables = writer.tables(checkpoint, split);
    long size = writer.connect(tables);
    if (size > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "%s: found %d bytes of optimizer state, expected less than 2 GiB, which is what ONNX Runtime's format can hold; write the checkpoint without its optimizer"
              .formatted(file, size));
    }
    Path data = Checkpoint.externalData(file);
    try {
      if (split) {
        Files.deleteIfExists(file);
        AtomicFiles.write(data, channel -> writer.writeExternal(channel));
      }
      AtomicFiles.write(file, channel -> writer.writeInline(channel, tables));
      if (!split) {
        Files.deleteIfExists(data);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("could not replace " + file + ": " + e.getMessage(), e);
    }
  }

  private static long bytesOf(Checkpoint checkpoint) {
    long bytes = 0;
    for (NamedTensor t : checkpoint.trainable()) {
      bytes += t.bytes().remaining();
    }
    for (NamedTensor t : checkpoint.frozen()) {
      bytes += t.bytes().remaining();
    }
    if (checkpoint.optimizer().isPresent()) {
      for (OptimizerState.Moments m : checkpoint.optimizer().get().moments().values()) {
        bytes += 2L * m.first().bytes().remaining();
      }
    }
    return bytes;
  }

  private ByteBuffer tables(Checkpoint checkpoint, boolean split) {
    int trainable = vector(checkpoint.trainable().stream().map(t -> tensor(t, split)).toList());
    int frozen = vector(checkpoint.frozen().stream().map(t -> tensor(t, split)).toList());
    builder.startTable(Module.FIELDS);
    builder.addOffset(Module.TRAINABLE, trainable, 0);
    builder.addOffset(Module.FROZEN, frozen, 0);
    builder.addBoolean(Module.EXTERNAL, split, false);
    int module = builder.endTable();
    int groups = vector(checkpoint.optimizer().stream().map(this::group).toList());
    int properties = properties(checkpoint.properties());
    builder.startTable(Root.FIELDS);
    builder.addInt(Root.VERSION, CheckpointFormat.VERSION, 0);
    builder.addOffset(Root.MODULE_STATE, module, 0);
    builder.addOffset(Root.OPTIMIZER_GROUPS, groups, 0);
    builder.addOffset(Root.PROPERTY_BAG, properties, 0);
    builder.finish(builder.endTable(), CheckpointFormat.IDENTIFIER);
    return ByteBuffer.wrap(builder.sizedByteArray()).order(ByteOrder.LITTLE_ENDIAN);
  }

  private int group(OptimizerState optimizer) {
    int name = builder.createString(CheckpointFormat.GROUP);
    List<Integer> states = new ArrayList<>();
    for (Map.Entry<String, OptimizerState.Moments> entry : optimizer.moments().entrySet()) {
      int parameter = builder.createString(entry.getKey());
      int moments =
          vector(
              List.of(
                  tensor(entry.getValue().first(), false),
                  tensor(entry.getValue().second(), false)));
      builder.startTable(ParameterState.FIELDS);
      builder.addOffset(ParameterState.NAME, parameter, 0);
      builder.addOffset(ParameterState.MOMENTS, moments, 0);
      states.add(builder.endTable());
    }
    int vector = vector(states);
    builder.startTable(Group.FIELDS);
    builder.addOffset(Group.NAME, name, 0);
    builder.addLong(Group.STEP, optimizer.step(), 0);
    builder.addFloat(Group.INITIAL_LEARNING_RATE, optimizer.initialLearningRate(), 0);
    builder.addOffset(Group.STATES, vector, 0);
    return builder.endTable();
  }

  private int properties(Checkpoint.Properties properties) {
    List<Integer> ints = new ArrayList<>();
    properties
        .ints()
        .forEach(
            (name, value) ->
                ints.add(property(name, () -> builder.addLong(Property.VALUE, value, 0))));
    List<Integer> floats = new ArrayList<>();
    properties
        .floats()
        .forEach(
            (name, value) ->
                floats.add(property(name, () -> builder.addFloat(Property.VALUE, value, 0))));
    List<Integer> strings = new ArrayList<>();
    properties
        .strings()
        .forEach(
            (name, value) -> {
              int text = builder.createString(value);
              strings.add(property(name, () -> builder.addOffset(Property.VALUE, text, 0)));
            });
    int intVector = vector(ints);
    int floatVector = vector(floats);
    int stringVector = vector(strings);
    builder.startTable(Bag.FIELDS);
    builder.addOffset(Bag.INTS, intVector, 0);
    builder.addOffset(Bag.FLOATS, floatVector, 0);
    builder.addOffset(Bag.STRINGS, stringVector, 0);
    return builder.endTable();
  }

  private int property(String name, Runnable addValue) {
    int nameOffset = builder.createString(name);
    builder.startTable(Property.FIELDS);
    builder.addOffset(Property.NAME, nameOffset, 0);
    addValue.run();
    return builder.endTable();
  }

  private int tensor(NamedTensor tensor, boolean split) {
    int name = builder.createString(tensor.name());
    builder.startVector(Long.BYTES, tensor.shape().size(), Long.BYTES);
    for (int d = tensor.shape().size() - 1; d >= 0; d--) {
      builder.addLong(tensor.shape().get(d));
    }
    int dimensions = builder.endVector();
    builder.startTable(TensorTable.FIELDS);
    builder.addOffset(TensorTable.NAME, name, 0);
    builder.addOffset(TensorTable.DIMENSIONS, dimensions, 0);
    builder.addInt(TensorTable.TYPE, ElementType.FLOAT.code(), 0);
    if (split) {
      builder.addLong(TensorTable.EXTERNAL_OFFSET, externalBytes, -1);
      external.add(tensor.bytes());
      externalBytes += tensor.bytes().remaining();
    } else {
      // Room for the offset, which connect() fills in.
      builder.addInt(TensorTable.RAW_DATA, 0, 0);
      inline.add(new Inline(builder.offset(), tensor.bytes()));
    }
    return builder.endTable();
  }

  private int vector(List<Integer> offsets) {
    builder.startVector(Integer.BYTES, offsets.size(), Integer.BYTES);
    for (int i = offsets.size() - 1; i >= 0; i--) {
      builder.addOffset(offsets.get(i));
    }
    return builder.endVector();
  }

  /** Fills in where each tensor's bytes will be, and gives the size of the file. */
  private long connect(ByteBuffer tables) {
    long end = tables.limit();
    for (Inline i : inline) {
      int slot = tables.limit() - i.slot();
      end = aligned(end);
      if (end <= Integer.MAX_VALUE) {
        tables.putInt(slot, (int) end - slot);
      }
      end += VECTOR_HEADER + i.bytes().remaining();
    }
    return end;
  }

  private static long aligned(long position) {
    return (position + Integer.BYTES - 1) / Integer.BYTES * Integer.BYTES;
  }

  private void writeInline(FileChannel channel, ByteBuffer tables) throws IOException {
    AtomicFiles.writeAll(channel, tables);
    for (Inline i : inline) {
      int padding = (int) (aligned(channel.position()) - channel.position());
      ByteBuffer header =
          ByteBuffer.allocate(padding + VECTOR_HEADER).order(ByteOrder.LITTLE_ENDIAN);
      header.putInt(padding, i.bytes().remaining());
      AtomicFiles.writeAll(channel, header);
      AtomicFiles.writeAll(channel, i.bytes());
    }
  }

  private void writeExternal(FileChannel channel) throws IOException {
    for (ByteBuffer bytes : external) {
      AtomicFiles.writeAll(channel, bytes);
    }
  }
}
