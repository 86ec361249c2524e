package org.riselm.onnx.internal.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.riselm.onnx.GoldenModel;
import org.riselm.onnx.internal.decoder.ParameterBlock;
import org.riselm.onnx.internal.folder.safetensors.TensorSource;
import org.riselm.onnx.internal.runtime.Binding;
import org.riselm.onnx.internal.runtime.ElementType;
import org.riselm.onnx.internal.runtime.NativeMemory;
import org.riselm.onnx.internal.runtime.OnnxSession;
import org.riselm.onnx.internal.runtime.SessionSettings;
import org.riselm.onnx.internal.runtime.Tensor;
import org.riselm.onnx.internal.util.Resources;
import org.riselm.onnx.model.DecoderConfig;

/** The exported model of every family against Hugging Face's model in PyTorch. */
class InferenceModelTest {
  @TempDir Path folder;

  /** An exported model, its cache, and two rows: the second is shorter and padded on the left. */
  private static final class Run implements AutoCloseable {
    private static final int PAD = 2;
    private final Resources resources = new Resources();
    private final OnnxSession session;
    private final DecoderConfig config;
    private List<Tensor> cache = new ArrayList<>();
    private int length;

    Run(Path file, DecoderConfig config) {
      this.config = config;
      session = resources.add(OnnxSession.load(file, SessionSettings.ofThreads(1)));
      for (int i = 0; i < 2 * config.layers(); i++) {
        cache.add(
            resources.add(
                Tensor.zeros(ElementType.FLOAT, 2, config.keyValueHeads(), 0, config.headSize())));
      }
    }

    /** The logits of both rows after {@code ids}, 2 · sequence rows. */
    float[] next(long[] ids) {
      int sequence = ids.length / 2;
      length += sequence;
      long[] mask = new long[2 * length];
      Arrays.fill(mask, 1);
      Arrays.fill(mask, length, length + PAD, 0);
      long[] positions = new long[2 * sequence];
      for (int i = 0; i < sequence; i++) {
        positions[i] = (long) length - sequence + i;
        positions[sequence + i] = Math.max(0, positions[i] - PAD);
      }
      Tensor logits =
          resources.add(Tensor.zeros(ElementType.FLOAT, 2, sequence, config.vocabularySize()));
      Binding binding =
          resources
              .add(session.bind())
              .input("input_ids", resources.add(Tensor.of(ids, 2, sequence)))
              .input("attention_mask", resources.add(Tensor.of(mask, 2, length)))
              .input("position_ids", resources.add(Tensor.of(positions, 2, sequence)))
              .output("logits", logits);
      List<Tensor> grown = new ArrayList<>();
      for (int i = 0; i < cache.size(); i++) {
        String name = i / 2 + (i % 2 == 0 ? ".key" : ".value");
        Tensor present =
            resources.add(
                Tensor.zeros(
                    ElementType.FLOAT, 2, config.keyValueHeads(), length, config.headSize()));
        grown.add(present);
        binding.input("past_key_values." + name, cache.get(i)).output("present." + name, present);
      }
      binding.run();
      cache = grown;
      return logits.toFloats();
    }

    @Override
    public void close() {
      resources.close();
    }
  }

  private static void export(GoldenModel golden, Path folder, long largestInline)
      throws IOException {
    try (ParameterBlock weights = golden.start()) {
      List<TensorSource> numbers = new ArrayList<>();
      weights
          .parameters()
          .forEach(p -> numbers.add(TensorSource.of(p.name(), weights.tensor(p.name()))));
      InferenceModel.write(folder, golden.config(), numbers, largestInline);
    }
  }

  @ParameterizedTest
  @FieldSource("org.riselm.onnx.GoldenModel#NAMES")
  void promptAndCachedStepsGiveTheLogitsOfPyTorch(String family) throws IOException {
    GoldenModel golden = GoldenModel.read(family);
    int vocabulary = golden.config().vocabularySize();
    int[] ids = golden.ids();
    int prompt = golden.document().get("promptLength").asInt();
    float[] expected = golden.tensor("decodedLogits");
    long open = NativeMemory.openObjects();
    export(golden, folder, Long.MAX_VALUE);
    try (Run run = new Run(folder.resolve(InferenceModel.FILE), golden.config())) {
      long[] both = new long[2 * prompt];
      for (int i = 0; i < prompt; i++) {
        both[i] = ids[i];
        both[prompt + i] = i < Run.PAD ? 7 : ids[i - Run.PAD];
      }
      float[] logits = run.next(both);
      compare(expected, 0, logits, prompt - 1, vocabulary);
      for (int step = 1; step <= ids.length - prompt; step++) {
        logits = run.next(new long[] {ids[prompt + step - 1], ids[prompt + step - 1 - Run.PAD]});
        compare(expected, step, logits, 0, vocabulary);
        if (step >= Run.PAD) {
          compare(expected, step - Run.PAD, logits, 1, vocabulary);
        }
      }
    }
    assertEquals(open, NativeMemory.openObjects());
  }

  private static void compare(float[] expected, int row, float[] found, int at, int vocabulary) {
    for (int v = 0; v < vocabulary; v++) {
      assertEquals(expected[row * vocabulary + v], found[at * vocabulary + v], 1e-4, "row " + row);
    }
  }

  @Test
  void weightsInAFileOfTheirOwnAreTheSameModel() throws IOException {
    GoldenModel golden = GoldenModel.read("qwen3");
    Path inline = Files.createDirectory(folder.resolve("inline"));
    Path external = Files.createDirectory(folder.resolve("external"));
    export(golden, inline, Long.MAX_VALUE);
    export(golden, external, 0);
    assertFalse(Files.exists(inline.resolve(InferenceModel.DATA_FILE)));
    assertTrue(Files.size(external.resolve(InferenceModel.FILE)) < 20_000);
    long[] ids = {1, 2, 3, 1, 2, 3};
    try (Run one = new Run(inline.resolve(InferenceModel.FILE), golden.config());
        Run two = new Run(external.resolve(InferenceModel.FILE), golden.config())) {
      assertEquals(Arrays.toString(one.next(ids)), Arrays.toString(two.next(ids)));
    }
  }

  @Test
  void everyOperatorIsOneOfOnnxItself() throws IOException {
    export(GoldenModel.read("mistral"), folder, Long.MAX_VALUE);
    ModelProto model =
        ModelProto.parseFrom(Files.readAllBytes(folder.resolve(InferenceModel.FILE)));
    for (NodeProto node : model.getGraph().getNodeList()) {
      assertEquals("", node.getDomain(), node.getOpType());
      // ONNX Runtime puts this one of its own into ONNX's domain.
      assertFalse(node.getOpType().startsWith("Simplified"), node.getOpType());
    }
  }
}
