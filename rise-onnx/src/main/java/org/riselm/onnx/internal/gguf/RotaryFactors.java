package org.riselm.onnx.internal.gguf;

import static java.nio.file.StandardOpenOption.READ;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/**
 * What every frequency of rotary embeddings is divided by, which a file has as a tensor. Llama 3's
 * scaling is known by its numbers, which must be those of its formula.
 */
final class RotaryFactors {
  // Of every published Llama from 3.1 on; the formula is held against the tensor with them.
  private static final double LOW = 1;
  private static final double HIGH = 4;
  private static final int ORIGINAL_CONTEXT = 8192;

  private static final double TOLERANCE = 1e-4;
  private static final int MOST = 1 << 12;

  private RotaryFactors() {}

  /** What Llama 3's scaling divides the frequencies of heads of {@code 2 · count} numbers by. */
  static double[] llama3(
      int count, double theta, double factor, double low, double high, int originalContext) {
    double[] factors = new double[count];
    for (int i = 0; i < count; i++) {
      double length = 2 * Math.PI * Math.pow(theta, (double) i / count);
      double smooth = (originalContext / length - low) / (high - low);
      factors[i] = 1 / ((1 - smooth) / factor + smooth);
      factors[i] = smooth > 1 ? 1 : smooth < 0 ? factor : factors[i];
    }
    return factors;
  }

  /**
   * Returns {@code rope_scaling} of {@code config.json}.
   *
   * @throws IOException naming the tensor, if its numbers are not Llama 3's
   */
  static ObjectNode scaling(Path file, GgufTensor tensor, double theta) throws IOException {
    if (tensor.type() != GgufType.F32 || tensor.shape().size() != 1 || tensor.elements() > MOST) {
      throw refusal(file, tensor);
    }
    ByteBuffer bytes = ByteBuffer.allocate((int) tensor.bytes()).order(ByteOrder.LITTLE_ENDIAN);
    try (FileChannel channel = FileChannel.open(file, READ)) {
      while (bytes.hasRemaining()) {
        if (channel.read(bytes, tensor.begin() + bytes.position()) < 0) {
          throw refusal(file, tensor);
        }
      }
    }
    float[] found = new float[(int) tensor.elements()];
    bytes.flip().asFloatBuffer().get(found);
    double factor = found[found.length - 1];
    double[] expected = llama3(found.length, theta, factor, LOW, HIGH, ORIGINAL_CONTEXT);
    for (int i = 0; i < found.length; i++) {
      if (!(Math.abs(found[i] - expected[i]) <= TOLERANCE * expected[i])) {
        throw refusal(file, tensor);
      }
    }
    return new ObjectMapper()
        .createObjectNode()
        .put("rope_type", "llama3")
        .put("factor", factor)
        .put("low_freq_factor", LOW)
        .put("high_freq_factor", HIGH)
        .put("original_max_position_embeddings", ORIGINAL_CONTEXT);
  }

  private static IOException refusal(Path file, GgufTensor tensor) {
    return new IOException(
        "%s: %s is not Llama 3's scaling (from %s to %s, context %d); read the model's folder"
            .formatted(file, tensor.name(), LOW, HIGH, ORIGINAL_CONTEXT));
  }
}
