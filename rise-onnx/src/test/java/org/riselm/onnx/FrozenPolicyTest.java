package org.riselm.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.riselm.core.policy.Completion;
import org.riselm.core.policy.ProgressListener;
import org.riselm.core.policy.Query;
import org.riselm.core.policy.SamplingOptions;
import org.riselm.core.policy.TrainingOptions;
import org.riselm.onnx.internal.runtime.NativeMemory;

/** A policy that samples and scores in the precision of its files, and does not train. */
class FrozenPolicyTest {
  private static final TrainingOptions TRAINING = TrainingOptions.builder().steps(1).build();
  private static final List<Query> QUERIES =
      IntStream.range(0, 6).mapToObj(i -> new Query(TinyModel.STATES.get(i % 2), i)).toList();

  @TempDir Path folder;
  private Path base = Path.of("");

  @BeforeEach
  void makeBase() throws IOException {
    base = folder.resolve("base");
    try (OnnxPolicy whole = TinyModel.policy(folder, 1)) {
      whole.train(TinyModel.EXAMPLES, TRAINING, ProgressListener.NONE);
      whole.export(base);
    }
  }

  private static OnnxPolicyBuilder builder(Path model) {
    return OnnxPolicy.builder(model).options(TinyModel.options(1));
  }

  private static List<Completion> sampled(OnnxPolicy policy) {
    return policy.complete(
        QUERIES, SamplingOptions.ofMaxNewTokens(8).toBuilder().logProbabilities(true).build());
  }

  @Test
  void samplesAndScoresWhatTheTrainablePolicyOfTheSameFolderDoes() throws IOException {
    try (OnnxPolicy whole = builder(base).build();
        OnnxPolicy frozen = builder(base).frozen().build()) {
      assertEquals(sampled(whole), sampled(frozen));
      assertEquals(
          whole.logProbabilities(TinyModel.EXAMPLES), frozen.logProbabilities(TinyModel.EXAMPLES));
      assertEquals(0, frozen.parameterCount());
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Precision.class,
      names = {"FLOAT16", "BFLOAT16"})
  void weightsOf16BitsAreHeldOnceAndComeOutAsTheyWentIn(Precision precision) throws IOException {
    Path halves = folder.resolve("halves");
    try (OnnxPolicy whole = builder(base).build()) {
      whole.export(halves, precision);
    }
    long before = NativeMemory.openBytes();
    long wholeBytes;
    try (OnnxPolicy whole = builder(halves).build()) {
      wholeBytes = NativeMemory.openBytes() - before;
    }
    try (OnnxPolicy frozen = builder(halves).frozen().build()) {
      long bytes = NativeMemory.openBytes() - before;
      assertTrue(bytes <= wholeBytes / 2 + 64, bytes + " bytes; FLOAT32 " + wholeBytes);
      assertEquals(6, sampled(frozen).size());
      Path again = folder.resolve("again");
      frozen.export(again, precision);
      assertArrayEquals(
          Files.readAllBytes(halves.resolve("model.safetensors")),
          Files.readAllBytes(again.resolve("model.safetensors")));
    }
    assertEquals(before, NativeMemory.openBytes());
  }

  @Test
  void trainingSavingAndRestoringAreRefusedWithWhatToDo() throws IOException {
    try (OnnxPolicy frozen = builder(base).frozen().build()) {
      IllegalStateException e =
          assertThrows(
              IllegalStateException.class,
              () -> frozen.train(TinyModel.EXAMPLES, TRAINING, ProgressListener.NONE));
      assertTrue(String.valueOf(e.getMessage()).contains("lora("), e::getMessage);
      assertThrows(IllegalStateException.class, () -> frozen.requireTrainable(TRAINING));
      assertThrows(
          IllegalStateException.class, () -> frozen.writeArtifacts(folder.resolve("a"), TRAINING));
      IllegalStateException saving =
          assertThrows(IllegalStateException.class, () -> frozen.save(folder.resolve("saved")));
      assertTrue(String.valueOf(saving.getMessage()).contains("export"), saving::getMessage);
      assertThrows(IllegalStateException.class, () -> frozen.restore(base));
    }
  }

  @Test
  void aPlanIsPredictedWithoutLoadingAnything() throws IOException {
    long before = NativeMemory.openBytes();
    MemoryPlan whole = builder(base).memoryPlan();
    MemoryPlan frozen = builder(base).frozen().memoryPlan();
    assertEquals(before, NativeMemory.openBytes());
    assertEquals(whole.weights(), frozen.weights());
    assertTrue(whole.moments() > 0);
    assertEquals(0, frozen.moments());
    assertEquals(0, frozen.gradients());
    assertTrue(frozen.activations() < whole.activations());
  }
}
