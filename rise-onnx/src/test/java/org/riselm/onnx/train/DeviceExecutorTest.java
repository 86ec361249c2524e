package org.riselm.onnx.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.riselm.onnx.model.DecoderConfig;
import org.riselm.onnx.model.ModelTensors;
import org.riselm.onnx.model.Weights;
import org.riselm.onnx.runtime.Device;
import org.riselm.onnx.runtime.ElementType;
import org.riselm.onnx.runtime.Resources;
import org.riselm.onnx.runtime.Traffic;

/** Training with everything in a device's memory, rehearsed: whatever looks into it throws. */
class DeviceExecutorTest extends StepExecutorContract {
  @Override
  StepExecutor create(DecoderConfig config, Weights weights, AdamW optimizer) {
    return PlainExecutor.on(
        Device.REHEARSAL, ElementType.FLOAT, ModelTensors.full(config, weights), optimizer, 2, 0);
  }

  @Test
  void onlyTheBatchTheLossAndSettingsOfTheUpdateCrossInAStep() {
    try (Weights weights = Weights.random(CONFIG, 3);
        StepExecutor executor = create(CONFIG, weights, ADAMW)) {
      MicroBatch batch = Batches.pack(examples(6, 1), 0.1);
      executor.accumulate(batch);
      executor.step(1e-2);
      long in = Traffic.toDevices();
      long out = Traffic.fromDevices();
      executor.accumulate(batch);
      executor.step(1e-2);
      long ids = 8L * batch.paddedTokens();
      long targets = (8L + 8 + 4) * batch.targets();
      // For matrices and for vectors: clip, rate, correction and decay in, a norm out.
      assertEquals(ids + targets + 2 * 4 * 4, Traffic.toDevices() - in);
      assertEquals(4 + 2 * 4, Traffic.fromDevices() - out);
    }
  }

  @Test
  void theHostsWeightsChangeWhenTheyAreWrittenBack() {
    try (Weights weights = Weights.random(CONFIG, 3);
        StepExecutor executor = create(CONFIG, weights, ADAMW)) {
      float[] before = weights.block().toFloats();
      executor.accumulate(Batches.pack(examples(6, 1), 0.1));
      executor.step(1e-2);
      assertArrayEquals(before, weights.block().toFloats());
      long out = Traffic.fromDevices();
      executor.writeBack();
      assertEquals(4 * weights.block().elements(), Traffic.fromDevices() - out);
      assertThrows(
          AssertionError.class, () -> assertArrayEquals(before, weights.block().toFloats()));
    }
  }

  @Test
  void aDevicesMemoryCannotBeLookedInto() {
    try (Resources owner = new Resources();
        Weights weights = Weights.random(CONFIG, 3)) {
      ModelTensors copy =
          ModelTensors.full(CONFIG, weights).on(Device.REHEARSAL, ElementType.FLOAT, owner);
      assertThrows(IllegalStateException.class, () -> copy.trained().block().floats());
      assertArrayEquals(weights.block().toFloats(), copy.trained().block().toFloats());
    }
  }
}
