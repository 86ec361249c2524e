package org.riselm.onnx.internal.export;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.riselm.core.internal.util.AtomicFiles;
import org.riselm.onnx.internal.decoder.DecoderGraphs;
import org.riselm.onnx.internal.decoder.Parameter;
import org.riselm.onnx.internal.folder.safetensors.TensorSource;
import org.riselm.onnx.internal.graph.InitializerData;
import org.riselm.onnx.model.DecoderConfig;

/**
 * Writes a decoder as an ONNX model that others run: {@link DecoderGraphs#inference} with its
 * weights, in fp32. Small models are one file; larger ones have their weights in a second.
 */
public final class InferenceModel {
  /** The name of the model's file. */
  public static final String FILE = "model.onnx";

  /** The name of the file of the weights, if it is one of its own. */
  public static final String DATA_FILE = "model.onnx_data";

  // A model in one file passes through the heap whole, and may have 2 GiB at most.
  private static final long LARGEST_INLINE = 32L << 20;
  // Where files may be mapped, on any system.
  private static final long ALIGNMENT = 1 << 16;

  private InferenceModel() {}

  /**
   * Writes the model into {@code folder}.
   *
   * @param folder which exists
   * @param weights of every parameter of {@code config}, in order
   */
  public static void write(Path folder, DecoderConfig config, List<TensorSource> weights)
      throws IOException {
    write(folder, config, weights, LARGEST_INLINE);
  }

  static void write(
      Path folder, DecoderConfig config, List<TensorSource> weights, long largestInline)
      throws IOException {
    long bytes = weights.stream().mapToLong(n -> n.elements() * Float.BYTES).sum();
    Map<String, InitializerData> places = new LinkedHashMap<>();
    try {
      if (bytes <= largestInline) {
        for (TensorSource n : weights) {
          places.put(n.name(), inline(n));
        }
      } else {
        AtomicFiles.write(
            folder.resolve(DATA_FILE),
            channel -> {
              for (TensorSource n : weights) {
                places.put(n.name(), append(channel, n));
              }
            });
      }
      byte[] model = DecoderGraphs.inference(config).toModel(places);
      AtomicFiles.write(
          folder.resolve(FILE), channel -> AtomicFiles.writeAll(channel, ByteBuffer.wrap(model)));
    } catch (UncheckedIOException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private static InitializerData inline(TensorSource numbers) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(numbers.elements() * Float.BYTES));
    put(numbers, piece -> bytes.put(piece));
    return new InitializerData.Inline(bytes.flip());
  }

  private static InitializerData append(FileChannel channel, TensorSource numbers)
      throws IOException {
    long offset = (channel.position() + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    channel.position(offset);
    put(numbers, piece -> AtomicFiles.writeAll(channel, piece));
    return new InitializerData.InFile(DATA_FILE, offset, channel.position() - offset);
  }

  private static void put(TensorSource numbers, LittleEndianFloats.Sink sink) throws IOException {
    if (DecoderGraphs.isTransposed(new Parameter(numbers.name(), numbers.shape()))) {
      LittleEndianFloats.transposed(numbers, sink);
    } else {
      LittleEndianFloats.of(numbers, sink);
    }
  }
}
