package org.riselm.onnx.internal.imported;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.riselm.core.internal.util.AtomicFiles;
import org.riselm.onnx.artifact.Checkpoint;
import org.riselm.onnx.artifact.NamedTensor;
import org.riselm.onnx.internal.export.InferenceModel;
import org.riselm.onnx.internal.graph.InitializerData;
import org.riselm.onnx.internal.graph.OnnxFile;
import org.riselm.onnx.internal.graph.StoredTensor;

/** Writes a decoder as it was read, with other weights. */
public final class DecoderExport {
  // As what is written beside a model may be mapped, on any system.
  private static final long ALIGNMENT = 1 << 16;
  // A model in one file passes through the heap whole.
  private static final long LARGEST_INLINE = 32L << 20;
  // Tensors that ONNX Runtime may want to look into before it loads the rest.
  private static final long SMALL = 1 << 10;

  private final OnnxFile file;
  private final long largestInline;

  public DecoderExport(OnnxFile file) {
    this(file, LARGEST_INLINE);
  }

  public DecoderExport(OnnxFile file, long largestInline) {
    this.file = file;
    this.largestInline = largestInline;
  }

  public void write(Path folder, Checkpoint trained) throws IOException {
    Map<String, ByteBuffer> weights = new HashMap<>();
    for (List<NamedTensor> tensors : List.of(trained.trainable(), trained.frozen())) {
      for (NamedTensor t : tensors) {
        requireFits(t);
        weights.put(t.name(), t.bytes());
      }
    }
    AtomicFiles.writeFolder(folder, work -> fill(work, weights));
  }

  private void requireFits(NamedTensor tensor) throws IOException {
    List<Long> shape =
        file.initializer(tensor.name())
            .map(t -> Arrays.stream(t.shape().sizes()).boxed().toList())
            .orElse(List.of());
    if (file.initializer(tensor.name()).isEmpty() || !shape.equals(tensor.shape())) {
      throw new IOException(
          "%s: found the parameter %s in the checkpoint, expected those of this decoder"
              .formatted(file.path(), tensor));
    }
  }

  private void fill(Path work, Map<String, ByteBuffer> weights) throws IOException {
    Map<String, ByteBuffer> all = new LinkedHashMap<>();
    long bytes = 0;
    for (StoredTensor t : file.initializers()) {
      ByteBuffer changed = weights.get(t.name());
      all.put(t.name(), changed == null ? t.bytes() : changed);
      bytes += t.elements() * t.type().bytes();
    }
    Map<String, InitializerData> places = new HashMap<>();
    all.forEach((name, data) -> places.put(name, new InitializerData.Inline(data)));
    if (bytes > largestInline) {
      AtomicFiles.write(
          work.resolve(InferenceModel.DATA_FILE), channel -> append(channel, all, places));
    }
    byte[] model = file.withInitializers(places);
    AtomicFiles.write(
        work.resolve(InferenceModel.FILE),
        channel -> AtomicFiles.writeAll(channel, ByteBuffer.wrap(model)));
  }

  private static void append(
      FileChannel channel, Map<String, ByteBuffer> all, Map<String, InitializerData> places)
      throws IOException {
    for (Map.Entry<String, ByteBuffer> e : all.entrySet()) {
      long length = e.getValue().remaining();
      if (length > SMALL) {
        long offset = (channel.position() + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        channel.position(offset);
        AtomicFiles.writeAll(channel, e.getValue());
        places.put(
            e.getKey(), new InitializerData.InFile(InferenceModel.DATA_FILE, offset, length));
      }
    }
  }
}
