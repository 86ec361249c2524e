package org.riselm.onnx.internal.imported;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.riselm.onnx.internal.imported.GoldenDecoder.assertClose;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.riselm.core.policy.ProgressListener;
import org.riselm.core.policy.TrainingOptions;
import org.riselm.core.policy.TrainingRequest;
import org.riselm.core.policy.TrainingSummary;
import org.riselm.core.policy.spi.TrainingCheckpoints;
import org.riselm.onnx.artifact.Checkpoint;
import org.riselm.onnx.artifact.NamedTensor;
import org.riselm.onnx.artifact.OnnxDecoder;
import org.riselm.onnx.artifact.TrainingArtifacts;
import org.riselm.onnx.internal.artifact.ArtifactExecutor;
import org.riselm.onnx.internal.graph.OnnxFile;
import org.riselm.onnx.internal.graph.StoredTensor;
import org.riselm.onnx.internal.runtime.OnnxSession;
import org.riselm.onnx.internal.runtime.SessionSettings;
import org.riselm.onnx.internal.train.AdamW;
import org.riselm.onnx.internal.train.EncodedExample;
import org.riselm.onnx.internal.train.TrainingLoop;

/** Decoders that others exported train in a loop, and go back out as they came. */
class TrainedDecoderTest {
  @TempDir private Path folder = Path.of("");

  private Checkpoint checkpoint(Path artifacts) {
    return Checkpoint.read(artifacts.resolve(TrainingArtifacts.CHECKPOINT));
  }

  private static float[] floats(StoredTensor tensor) throws IOException {
    float[] values = new float[(int) tensor.elements()];
    tensor.bytes().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
    return values;
  }

  private static float[] floats(NamedTensor tensor) {
    float[] values = new float[tensor.floats().remaining()];
    tensor.floats().get(values);
    return values;
  }

  @ParameterizedTest
  @CsvSource({"qwen3-cached, 0", "qwen3-cached, 1000000", "llama-dynamo, 0", "gpt2-dynamo, 0"})
  void theDecoderGoesOutAsItCameWithItsNewWeights(String name, long largestInline)
      throws IOException {
    GoldenDecoder golden = GoldenDecoder.of(name);
    OnnxDecoder decoder = OnnxDecoder.open(golden.file());
    Path artifacts = folder.resolve("artifacts");
    decoder.writeArtifacts(artifacts, golden.optimizer());
    try (ArtifactExecutor executor = new ArtifactExecutor(artifacts, decoder.artifactInputs(), 1)) {
      for (int i = 0; i < golden.losses().length; i++) {
        executor.accumulate(golden.batch());
        executor.step(golden.number("rate"));
      }
      executor.writeBack();
    }
    Path out = folder.resolve("out");
    OnnxFile file = OnnxFile.read(golden.file());
    new DecoderExport(file, largestInline).write(out, checkpoint(artifacts));
    assertEquals(largestInline == 0, Files.exists(out.resolve("model.onnx_data")));
    Map<String, float[]> updated = golden.byName("updated");
    for (StoredTensor t : OnnxFile.read(out.resolve("model.onnx")).initializers()) {
      float[] expected = updated.get(t.name());
      if (expected != null) {
        assertClose(t.name(), expected, floats(t), 1e-4);
      } else {
        assertEquals(file.initializer(t.name()).orElseThrow().bytes(), t.bytes(), t.name());
      }
    }
    OnnxFile written = OnnxFile.read(out.resolve("model.onnx"));
    assertEquals(file.inputs(), written.inputs());
    assertEquals(file.outputs(), written.outputs());
    OnnxSession.load(written.path(), SessionSettings.ofThreads(1)).close();
  }

  @Test
  void theCheckpointOfAnotherDecoderIsRefused() throws IOException {
    Checkpoint other = OnnxDecoder.open(golden("gpt2-dynamo")).artifacts(training()).checkpoint();
    OnnxDecoder decoder = OnnxDecoder.open(golden("llama-dynamo"));
    Path out = folder.resolve("out");
    IOException e = assertThrows(IOException.class, () -> decoder.write(out, other));
    assertTrue(e.getMessage().contains("expected those of this decoder"), e.getMessage());
    assertFalse(Files.exists(out));
  }

  private static Path golden(String name) {
    return GoldenDecoder.of(name).file();
  }

  private static TrainingOptions training() {
    return TrainingOptions.builder().maxGradientNorm(0).weightDecay(0).build();
  }

  private static AdamW adam() {
    return new AdamW(0.9, 0.999, 1e-8, 0, AdamW.Decay.ALL, 0);
  }

  /** Rows whose every token is the one before it plus 3. */
  private static List<EncodedExample> counting(int count) {
    SplittableRandom random = new SplittableRandom(11);
    List<EncodedExample> examples = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int first = random.nextInt(11);
      int[] prompt = new int[1 + random.nextInt(3)];
      int[] target = new int[2 + random.nextInt(4)];
      for (int t = 0; t < prompt.length + target.length; t++) {
        int token = (first + 3 * t) % 11;
        if (t < prompt.length) {
          prompt[t] = token;
        } else {
          target[t - prompt.length] = token;
        }
      }
      examples.add(EncodedExample.of(prompt, target, 1));
    }
    return examples;
  }

  @ParameterizedTest
  @MethodSource("org.riselm.onnx.internal.imported.GoldenDecoder#all")
  void aLoopTeachesIt(GoldenDecoder golden) throws IOException {
    OnnxDecoder decoder = OnnxDecoder.open(golden.file());
    Path artifacts = folder.resolve("artifacts");
    decoder.writeArtifacts(artifacts, training());
    TrainingOptions training =
        TrainingOptions.builder().learningRate(2e-2).batchSize(8).steps(60).weightDecay(0).build();
    try (ArtifactExecutor executor = new ArtifactExecutor(artifacts, decoder.artifactInputs(), 1)) {
      // Of 40 tokens at once, so that a step has several micro-batches.
      TrainingSummary summary =
          TrainingLoop.run(
              executor,
              counting(64),
              TrainingRequest.of(training, 1e-5),
              40,
              ProgressListener.NONE,
              TrainingCheckpoints.NONE);
      assertTrue(summary.lastLoss() < summary.firstLoss() / 5, summary::toString);
    }
  }

  @ParameterizedTest
  @CsvSource({"2", "1000000"})
  void whatIsFrozenStaysAndTheRestMoves(long large) throws IOException {
    OnnxFile file = OnnxFile.read(golden("llama-dynamo"));
    DecoderInterface ports = new DecoderInterface(file, DecoderInterface.byName(file));
    Predicate<String> embedding = name -> name.contains("embed_tokens");
    ParameterChoice choice = new ParameterChoice(file, ports, embedding);
    DecoderTraining training = new DecoderTraining(file, ports, choice, large);
    Path artifacts = folder.resolve("artifacts");
    training.artifacts(adam()).write(artifacts);
    GoldenDecoder golden = GoldenDecoder.of("llama-dynamo");
    try (ArtifactExecutor executor = new ArtifactExecutor(artifacts, training.inputs(), 1)) {
      // The same logits, so the same first loss, whichever tensors are trained.
      assertEquals(golden.losses()[0], executor.accumulate(golden.batch()), 1e-5);
      executor.step(1e-2);
      executor.writeBack();
    }
    Checkpoint after = checkpoint(artifacts);
    Map<String, NamedTensor> trained =
        after.trainable().stream().collect(Collectors.toMap(NamedTensor::name, t -> t));
    assertEquals(golden.byName("gradients").size() - 1, trained.size());
    for (NamedTensor t : trained.values()) {
      float[] before = floats(file.initializer(t.name()).orElseThrow());
      assertFalse(Arrays.equals(before, floats(t)), t.name());
    }
    if (large == 2) {
      NamedTensor frozen =
          after.frozen().stream().filter(t -> embedding.test(t.name())).findFirst().orElseThrow();
      assertArrayEquals(floats(file.initializer(frozen.name()).orElseThrow()), floats(frozen));
    } else {
      assertTrue(after.frozen().isEmpty());
    }
    Path out = folder.resolve("out");
    new DecoderExport(file).write(out, after);
    assertTrue(Files.exists(out.resolve("model.onnx")));
  }
}
