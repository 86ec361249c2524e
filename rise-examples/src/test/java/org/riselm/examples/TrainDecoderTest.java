package org.riselm.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.riselm.onnx.OnnxPolicy;
import org.riselm.onnx.artifact.OnnxDecoder;

class TrainDecoderTest {
  @TempDir Path folder;
  private final ByteArrayOutputStream said = new ByteArrayOutputStream();

  private int train(Path decoder, Path examples, String... more) {
    List<String> args = new ArrayList<>(List.of(decoder.toString(), examples.toString()));
    args.addAll(List.of(more));
    try (PrintStream out = new PrintStream(said, false, StandardCharsets.UTF_8)) {
      return TrainDecoder.run(args.toArray(String[]::new), out, out);
    }
  }

  /** The toy's model as an ONNX file, with its tokenizer and chat template beside it. */
  private Path decoder() throws IOException {
    Path onnx = folder.resolve("onnx");
    try (OnnxPolicy policy = OnnxPolicy.builder(ToyChat.folder(folder)).build()) {
      policy.exportOnnx(onnx);
    }
    return onnx.resolve("model.onnx");
  }

  private Path examples() throws IOException {
    return Files.writeString(
        folder.resolve("examples.jsonl"),
        """
        {"messages": [{"role": "user", "content": "How many ?"}, {"role": "assistant", "content": "5"}]}
        {"messages": [{"role": "user", "content": "Tom has 8 ."}, {"role": "assistant", "content": "8 8"}]}
        """);
  }

  @Test
  void itLearnsTheAnswersAndWritesArtifactsAndDecoder() throws IOException {
    Path decoder = decoder();
    Path out = folder.resolve("out");
    String[] options = {
      "--out", out.toString(), "--steps", "30", "--learning-rate", "3e-3", "--threads", "1"
    };
    assertEquals(0, train(decoder, examples(), options), said::toString);
    String text = said.toString(StandardCharsets.UTF_8);
    assertTrue(text.contains("2 answers, 30 steps"), text);
    double[] losses =
        text.lines()
            .filter(line -> line.contains("loss from"))
            .map(line -> line.replaceFirst(".*loss from ([0-9.]+) to ([0-9.]+).*", "$1 $2"))
            .flatMapToDouble(
                pair -> List.of(pair.split(" ", -1)).stream().mapToDouble(Double::parseDouble))
            .toArray();
    assertTrue(losses[1] < losses[0] / 5, text);
    for (String file :
        List.of("training_model.onnx", "eval_model.onnx", "optimizer_model.onnx", "checkpoint")) {
      assertTrue(Files.isRegularFile(out.resolve("artifacts").resolve(file)), file);
    }
    // What came out can go in again.
    assertFalse(OnnxDecoder.open(out.resolve("model/model.onnx")).parameters().isEmpty());
  }

  @Test
  void whatIsFrozenAndWhatIsWrongIsSaid() throws IOException {
    Path decoder = decoder();
    Path out = folder.resolve("out");
    assertEquals(
        0,
        train(decoder, examples(), "--out", out.toString(), "--steps", "1", "--freeze", "embed"),
        said::toString);
    assertTrue(said.toString(StandardCharsets.UTF_8).contains("it is frozen, as was asked for"));
    said.reset();
    assertEquals(1, train(decoder, examples(), "--out", out.toString()));
    String refused = said.toString(StandardCharsets.UTF_8);
    assertEquals(out + ": the folder is not empty; name a new one", refused.strip());
    assertEquals(1, train(examples(), examples(), "--out", folder.resolve("x").toString()));
    assertTrue(said.toString(StandardCharsets.UTF_8).contains("it is no ONNX model"));
    assertEquals(2, train(decoder, examples()));
    assertEquals(2, train(decoder, examples(), "--out", "x", "--freeze", "["));
    assertEquals(2, train(decoder, examples(), "--out", "x", "--learning-rate", "fast"));
  }
}
