package org.riselm.onnx.internal.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.riselm.onnx.artifact.Checkpoint;
import org.riselm.onnx.artifact.NamedTensor;
import org.riselm.onnx.internal.artifact.ArtifactFiles;
import org.riselm.onnx.internal.decoder.ParameterBlock;
import org.riselm.onnx.internal.runtime.ElementType;
import org.riselm.onnx.internal.runtime.Tensor;
import org.riselm.onnx.internal.runtime.TrainingSession;
import org.riselm.onnx.model.DecoderConfig;

class TrainingSessionExecutorTest extends AdamWContract {
  @TempDir private Path parent = Path.of("");
  private int folders;

  @Override
  TrainingSessionExecutor create(DecoderConfig config, ParameterBlock weights, AdamW optimizer) {
    folders++;
    return new TrainingSessionExecutor(
        config, weights, optimizer, parent.resolve("artifacts-" + folders), 2);
  }

  @Test
  void theSavedCheckpointHasWeightsAndMomentsAndGoesOnExactly() {
    DecoderConfig config = DecoderGradientTest.config(2, 1, true);
    MicroBatch batch = DecoderGradientTest.batch(config, 3, 7, 1);
    try (ParameterBlock weights = ParameterBlock.random(config, 7);
        TrainingSessionExecutor executor = create(config, weights, ADAMW)) {
      for (int i = 0; i < 2; i++) {
        executor.accumulate(batch);
        executor.step(1e-3);
      }
      executor.writeBack();
      executor.saveCheckpoint();
      Path folder = parent.resolve("artifacts-" + folders);
      Checkpoint saved = ArtifactFiles.read(folder).checkpoint();
      assertEquals(2, saved.optimizer().orElseThrow().step());
      assertEquals(weights.parameters().size(), saved.optimizer().orElseThrow().moments().size());
      for (NamedTensor t : saved.trainable()) {
        FloatBuffer expected = weights.tensor(t.name()).floats();
        assertEquals(expected, t.floats(), t.name());
      }
      executor.accumulate(batch);
      executor.step(1e-3);
      executor.writeBack();
      try (TrainingSession resumed = ArtifactFiles.open(folder, 2);
          Tensor loss = Tensor.scalar(0);
          Tensor flat = Tensor.zeros(ElementType.FLOAT, weights.elements())) {
        List<Tensor> inputs = batch.toTensors();
        resumed.trainStep(inputs, List.of(loss));
        inputs.forEach(Tensor::close);
        resumed.optimizerStep(1e-3f);
        resumed.copyParametersTo(flat, true);
        FloatBuffer floats = flat.floats();
        for (var p : weights.parameters()) {
          FloatBuffer one = weights.tensor(p.name()).floats();
          assertEquals(one, floats.slice(floats.position(), one.remaining()), p.name());
          floats.position(floats.position() + one.remaining());
        }
      }
    }
  }

  // ONNX Runtime's hash tables have another order in each session; sums must not follow it.
  @Test
  void everySessionClipsToTheSameBits() {
    float[] first = trained(1000, new ArrayList<>());
    for (int i = 0; i < 4; i++) {
      assertArrayEquals(first, trained(1000, new ArrayList<>()), "session " + i);
    }
  }

  @Test
  void everySessionSavesTheSameBytes() throws IOException {
    for (int i = 0; i < 4; i++) {
      try (ParameterBlock weights = ParameterBlock.random(CONFIG, 3);
          TrainingSessionExecutor executor = create(CONFIG, weights, ADAMW)) {
        executor.accumulate(BatchPlanner.pack(examples(6, 1), 0.1));
        executor.step(1e-3);
        executor.saveCheckpoint();
      }
    }
    Path first = parent.resolve("artifacts-1").resolve(ArtifactFiles.CHECKPOINT);
    for (int i = 2; i <= 4; i++) {
      Path other = parent.resolve("artifacts-" + i).resolve(ArtifactFiles.CHECKPOINT);
      assertEquals(-1, Files.mismatch(first, other), "session " + i);
    }
  }

  @Test
  void decayOfSomeParametersOnlyIsRefused() {
    DecoderConfig config = DecoderGradientTest.config(2, 1, true);
    AdamW groups = new AdamW(0.9, 0.999, 1e-8, 0.1, AdamW.Decay.MATRICES, 1);
    try (ParameterBlock weights = ParameterBlock.random(config, 1)) {
      String message =
          String.valueOf(
              assertThrows(IllegalArgumentException.class, () -> create(config, weights, groups))
                  .getMessage());
      assertTrue(message.startsWith("found weight decay 0.1 for MATRICES"), message);
    }
  }
}
