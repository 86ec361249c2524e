package org.riselm.examples.lab.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.riselm.examples.Arguments;
import org.riselm.onnx.OnnxOptions;
import org.riselm.onnx.OnnxPolicy;
import org.riselm.onnx.internal.decoder.Parameter;
import org.riselm.onnx.internal.folder.ModelFolder;
import org.riselm.onnx.internal.folder.SidecarFiles;
import org.riselm.onnx.internal.folder.safetensors.Dtype;
import org.riselm.onnx.internal.folder.safetensors.TensorSource;
import org.riselm.onnx.model.DecoderConfig;
import org.riselm.onnx.text.PromptPieces;
import org.riselm.onnx.text.TokenizerFiles;

/**
 * Writes the weights that the other programs make up as a Hugging Face folder, for programs that
 * read only such: in fp32, with a tokenizer that has a token per byte. 8B is written in bf16,
 * number by number, from another random source: it is never in memory, and 16 GB on the disk.
 *
 * <pre>run RandomCheckpoint small|medium|0.5B|8B FOLDER</pre>
 */
public final class RandomCheckpoint {
  private static final long IN_MEMORY = 2_000_000_000;
  private static final String END = "<|endoftext|>";

  private static final String USAGE =
      """
      Usage: run RandomCheckpoint SHAPE FOLDER
        SHAPE     tiny, small, medium, 0.5B, 8B
        FOLDER    new; a Hugging Face folder with random weights is written there
      """;

  private RandomCheckpoint() {}

  /** Writes it. */
  public static void main(String[] args) {
    Arguments.run(USAGE, args, given -> given, RandomCheckpoint::start);
  }

  private static void start(String[] args) throws IOException {
    Arguments.requireCount(args, 2, 2, "a shape and a new folder");
    write(Shape.of(args[0], 4096).config(), Path.of(args[1]));
  }

  private static void write(DecoderConfig config, Path folder) throws IOException {
    Path tokenizer = Files.createTempFile("tokenizer", ".json");
    try {
      TokenizerFiles.byteLevel(List.of(END), tokenizer);
      PromptPieces format = PromptPieces.builder(END).stopTokenKept(false).build();
      if (Parameter.of(config).stream().mapToLong(Parameter::elements).sum() > IN_MEMORY) {
        List<TensorSource> weights = Parameter.of(config).stream().map(p -> random(p)).toList();
        SidecarFiles sidecars = SidecarFiles.ofTokenizer(tokenizer);
        ModelFolder.write(folder, config, sidecars, format, Dtype.BF16, weights);
        return;
      }
      try (OnnxPolicy policy =
          OnnxPolicy.create(config, tokenizer, format, 1, OnnxOptions.ofDefaults())) {
        policy.export(folder);
      }
    } finally {
      Files.delete(tokenizer);
    }
  }

  /** Scales at 1; matrices uniform of variance 1 over their inputs; biases 0. */
  private static TensorSource random(Parameter p) {
    SplittableRandom random = new SplittableRandom(p.name().hashCode());
    double width = p.isMatrix() ? Math.sqrt(12.0 / p.shape().get(1)) : 0;
    return new TensorSource(
        p.name(),
        p.shape(),
        (from, target, count) -> {
          for (int i = 0; i < count; i++) {
            target[i] =
                p.isMatrix() ? (float) ((random.nextInt() * 0x1p-32) * width) : p.isBias() ? 0 : 1;
          }
        });
  }
}
