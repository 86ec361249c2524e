package org.riselm.onnx.internal.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.riselm.onnx.internal.decoder.ModelTensors;
import org.riselm.onnx.internal.decoder.ParameterBlock;
import org.riselm.onnx.internal.runtime.ElementType;
import org.riselm.onnx.internal.runtime.RehearsalMemory;
import org.riselm.onnx.internal.runtime.TransferCounter;
import org.riselm.onnx.internal.util.Resources;
import org.riselm.onnx.model.DecoderConfig;

/** Training with everything in a device's memory, rehearsed: whatever looks into it throws. */
class DeviceExecutorTest extends StepExecutorContract {
  @Override
  StepExecutor create(DecoderConfig config, ParameterBlock weights, AdamW optimizer) {
    return GraphStepExecutor.on(
        RehearsalMemory.DEVICE,
        ElementType.FLOAT,
        ModelTensors.full(config, weights),
        optimizer,
        2,
        0);
  }

  @Test
  void onlyTheBatchTheLossAndSettingsOfTheUpdateCrossInAStep() {
    try (ParameterBlock weights = ParameterBlock.random(CONFIG, 3);
        StepExecutor executor = create(CONFIG, weights, ADAMW)) {
      MicroBatch batch = BatchPlanner.pack(examples(6, 1), 0.1);
      executor.accumulate(batch);
      executor.step(1e-2);
      long in = TransferCounter.toDevices();
      long out = TransferCounter.fromDevices();
      executor.accumulate(batch);
      executor.step(1e-2);
      long ids = 8L * batch.paddedTokens();
      long targets = (8L + 8 + 4) * batch.targets();
      // For matrices and for vectors: clip, rate, correction and decay in, a norm out.
      assertEquals(ids + targets + 2 * 4 * 4, TransferCounter.toDevices() - in);
      assertEquals(4 + 2 * 4, TransferCounter.fromDevices() - out);
    }
  }

  @Test
  void theHostsWeightsChangeWhenTheyAreWrittenBack() {
    try (ParameterBlock weights = ParameterBlock.random(CONFIG, 3);
        StepExecutor executor = create(CONFIG, weights, ADAMW)) {
      float[] before = weights.block().toFloats();
      executor.accumulate(BatchPlanner.pack(examples(6, 1), 0.1));
      executor.step(1e-2);
      assertArrayEquals(before, weights.block().toFloats());
      long out = TransferCounter.fromDevices();
      executor.writeBack();
      assertEquals(4 * weights.block().elements(), TransferCounter.fromDevices() - out);
      assertThrows(
          AssertionError.class, () -> assertArrayEquals(before, weights.block().toFloats()));
    }
  }

  @Test
  void aDevicesMemoryCannotBeLookedInto() {
    try (Resources owner = new Resources();
        ParameterBlock weights = ParameterBlock.random(CONFIG, 3)) {
      ModelTensors copy =
          ModelTensors.full(CONFIG, weights).on(RehearsalMemory.DEVICE, ElementType.FLOAT, owner);
      assertThrows(IllegalStateException.class, () -> copy.trained().block().floats());
      assertArrayEquals(weights.block().toFloats(), copy.trained().block().toFloats());
    }
  }
}
