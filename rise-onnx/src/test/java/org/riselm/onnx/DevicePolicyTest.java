package org.riselm.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.riselm.core.mdp.Example;
import org.riselm.core.mdp.State;
import org.riselm.core.policy.Completion;
import org.riselm.core.policy.Query;
import org.riselm.core.policy.Sampling;
import org.riselm.core.policy.Training;
import org.riselm.core.policy.TrainingProgress;
import org.riselm.onnx.runtime.Device;
import org.riselm.onnx.runtime.DeviceUnavailableException;
import org.riselm.onnx.runtime.Doctor;
import org.riselm.onnx.runtime.ElementType;
import org.riselm.onnx.runtime.NativeMemory;

/** A policy on a device, rehearsed on the CPU, against one that is at home there. */
class DevicePolicyTest {
  @TempDir Path folder;

  private OnnxPolicy policy(OnnxOptions options) throws IOException {
    return OnnxPolicy.create(
        TinyModel.config(), TinyModel.tokenizer(folder), TinyModel.FORMAT, 1, options);
  }

  private static List<Query> queries() {
    List<State> states = TinyModel.STATES;
    return List.of(
        new Query(states.get(0), 1),
        new Query(states.get(0), 2),
        new Query(states.get(1), 3),
        new Query(states.get(3), 4));
  }

  @Test
  void samplesLearnsAndScoresAsOnTheCpuAndLeavesNothingOpen() throws IOException {
    long before = NativeMemory.openObjects();
    OnnxOptions options = TinyModel.options(1);
    try (OnnxPolicy home = policy(options);
        OnnxPolicy away = policy(options.withDevice(Device.REHEARSAL))) {
      Sampling sampling = Sampling.ofMaxNewTokens(12);
      assertSame(home.complete(queries(), sampling), away.complete(queries(), sampling));
      Training training = Training.builder().steps(5).batchSize(4).build();
      List<Example> examples = TinyModel.EXAMPLES;
      assertEquals(
          home.train(examples, training, TrainingProgress.NONE).lastLoss(),
          away.train(examples, training, TrainingProgress.NONE).lastLoss());
      assertEquals(home.logProbabilities(examples), away.logProbabilities(examples));
      assertSame(home.complete(queries(), sampling), away.complete(queries(), sampling));
    }
    assertEquals(before, NativeMemory.openObjects());
  }

  /** The same tokens; the sums below their log-probabilities are in another order. */
  private static void assertSame(List<Completion> expected, List<Completion> found) {
    for (int i = 0; i < expected.size(); i++) {
      assertEquals(expected.get(i).response(), found.get(i).response());
      assertArrayEquals(
          expected.get(i).logProbabilities().toArray(),
          found.get(i).logProbabilities().toArray(),
          1e-9);
    }
  }

  @Test
  void withoutCudaTheExceptionIsTheDoctors() throws IOException {
    assumeFalse(Doctor.examine().isReady(), "CUDA can start here");
    OnnxOptions options = TinyModel.options(1).withDevice(Device.cuda(0));
    try (OnnxPolicy policy = policy(options)) {
      DeviceUnavailableException e =
          assertThrows(
              DeviceUnavailableException.class,
              () -> policy.complete(queries(), Sampling.ofMaxNewTokens(2)));
      for (String missing : Doctor.examine().missing()) {
        assertTrue(String.valueOf(e.getMessage()).contains(missing), e::getMessage);
      }
    }
    assertEquals(Device.CPU, Device.cudaOrCpu());
  }

  @Test
  void aPrecisionThatTheDeviceHasNotIsRefused() {
    OnnxOptions options = OnnxOptions.ofDefaults();
    assertThrows(IllegalArgumentException.class, () -> options.withPrecision(ElementType.BFLOAT16));
    assertEquals(ElementType.BFLOAT16, options.withDevice(Device.cuda(0)).precision());
    assertThrows(
        IllegalArgumentException.class,
        () ->
            options
                .withStepping(OnnxOptions.Stepping.TRAINING_SESSION)
                .withDevice(Device.REHEARSAL));
  }
}
