package org.riselm.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.riselm.core.mdp.State;
import org.riselm.core.policy.Completion;
import org.riselm.core.policy.Query;
import org.riselm.core.policy.SamplingOptions;
import org.riselm.core.task.Arithmetic;
import org.riselm.onnx.internal.decoder.Parameter;
import org.riselm.onnx.internal.folder.ModelFolder;
import org.riselm.onnx.internal.folder.ModelInspector;
import org.riselm.onnx.internal.folder.safetensors.Float16Codec;
import org.riselm.onnx.internal.folder.safetensors.ModelWeights;
import org.riselm.onnx.internal.folder.safetensors.TensorSource;
import org.riselm.onnx.model.DecoderConfig;
import org.riselm.onnx.text.PromptFormat;
import org.riselm.onnx.text.Tokenizer;

/** A published GGUF file, and the Hugging Face folder that transformers made of it. */
class RealGgufTest {
  private static Path file() {
    Path file = RealModel.folder().resolve("source.gguf");
    assumeTrue(Files.isReadable(file), "skipped: there is no " + file);
    return file;
  }

  @Test
  void everyNumberIsWhatTransformersMadeOfIt() throws IOException {
    Path file = file();
    Path folder = RealModel.folder();
    DecoderConfig config = ModelFolder.config(folder);
    try (ModelWeights ours = ModelFolder.openWeights(file, ModelFolder.config(file));
        ModelWeights theirs = ModelFolder.openWeights(folder, config)) {
      for (Parameter p : Parameter.of(config)) {
        float[] found = numbers(ours.numbers(p.name()));
        float[] expected = numbers(theirs.numbers(p.name()));
        for (int i = 0; i < found.length; i++) {
          // The folder has 16 bits of each.
          found[i] = Float.intBitsToFloat(Float16Codec.toUpperHalf(found[i]) << 16);
        }
        assertArrayEquals(expected, found, p.name());
      }
    }
  }

  private static float[] numbers(TensorSource source) throws IOException {
    float[] numbers = new float[(int) source.elements()];
    source.source().read(0, numbers, numbers.length);
    return numbers;
  }

  /**
   * The folder's tokenizer lacks the digits' step, which llama.cpp has, as the original: texts with
   * several spaces before a digit would differ.
   */
  @Test
  void aThousandTextsHaveTheTokensOfTheFoldersTokenizer() throws IOException {
    Path file = file();
    try (Tokenizer ours = Tokenizer.load(ModelFolder.tokenizer(file));
        Tokenizer theirs = Tokenizer.load(ModelFolder.tokenizer(RealModel.folder()))) {
      assertEquals(theirs.specialTokens(), ours.specialTokens());
      Random random = new Random(1);
      for (int n = 0; n < 1000; n++) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(30); i >= 0; i--) {
          text.append(
              switch (random.nextInt(6)) {
                case 0 -> " " + random.nextInt(10_000);
                case 1 -> Character.toString(random.nextInt(0xD800));
                case 2 -> " it's";
                case 3 -> ".\n\n  word";
                case 4 -> "<|im_end|>";
                default -> ours.decode(new int[] {17 + random.nextInt(40_000)}).strip() + ", x";
              });
        }
        int[] ids = theirs.encode(text.toString());
        assertArrayEquals(ids, ours.encode(text.toString()), text.toString());
        assertEquals(theirs.decode(ids), ours.decode(ids));
      }
    }
  }

  @Test
  void itsLogitsAreThoseOfItsFloatsInAFolder(@TempDir Path temp) throws IOException {
    Path file = file();
    Path folder = temp.resolve("floats");
    try (OnnxPolicy policy = OnnxPolicy.builder(file).frozen().build()) {
      policy.export(folder);
    }
    assertArrayEquals(logits(folder), logits(file));
  }

  private static float[][] logits(Path model) throws IOException {
    try (ModelInspector inspector = ModelInspector.open(model, Optional.empty(), 2)) {
      return inspector.logits(1, 4093, 198, 1780, 314, 216, 34, 1232, 216, 35, 47, 2, 198);
    }
  }

  /**
   * With {@code -Drise.gguf.out=DIR} the file and what was answered stay there, for {@code
   * check_gguf.py} to hold against llama.cpp.
   */
  @Test
  void whatIsWrittenInBfloat16AnswersAsTheFolderDoes(@TempDir Path temp) throws IOException {
    Path folder = RealModel.folder();
    Path out = Path.of(System.getProperty("rise.gguf.out", temp.toString()));
    Path file = out.resolve("bfloat16.gguf");
    List<Query> queries =
        Arithmetic.generate(1, 20, 3).problems().stream()
            .map(problem -> new Query(State.initial(problem), 0))
            .toList();
    SamplingOptions greedy = SamplingOptions.greedy(64);
    List<Completion> expected;
    try (OnnxPolicy policy = OnnxPolicy.builder(folder).frozen().build()) {
      policy.exportGguf(file, Precision.Gguf.BF16);
      expected = policy.complete(queries, greedy);
    }
    try (OnnxPolicy policy = OnnxPolicy.builder(file).frozen().build()) {
      List<Completion> found = policy.complete(queries, greedy);
      assertEquals(expected, found);
      List<String> lines = new ArrayList<>();
      PromptFormat format = PromptFormat.read(file);
      for (int i = 0; i < queries.size(); i++) {
        int[] prompt = format.prompt(queries.get(i).state(), policy.tokenizer());
        int[] response = found.get(i).response().tokens().toArray();
        lines.add(
            "{\"prompt\": %s, \"response\": %s}"
                .formatted(Arrays.toString(prompt), Arrays.toString(response)));
      }
      Files.write(out.resolve("answers.jsonl"), lines);
    }
  }
}
