package org.riselm.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.riselm.core.IterationReport;
import org.riselm.core.Phase;
import org.riselm.core.RiseListener;
import org.riselm.core.RiseTrainer;
import org.riselm.core.mdp.Example;
import org.riselm.core.mdp.Feedback;
import org.riselm.core.mdp.State;
import org.riselm.core.policy.Completion;
import org.riselm.core.policy.LogProbabilities;
import org.riselm.core.policy.ProgressListener;
import org.riselm.core.policy.Query;
import org.riselm.core.policy.SamplingOptions;
import org.riselm.core.policy.TrainingOptions;
import org.riselm.core.relabel.Relabelers;
import org.riselm.core.rollout.Critic;
import org.riselm.core.run.RunDigest;
import org.riselm.core.task.Gsm8kVerifier;
import org.riselm.core.task.ProblemSet;
import org.riselm.onnx.internal.decoder.ParameterLayout;
import org.riselm.onnx.internal.device.CudaDoctor;
import org.riselm.onnx.internal.policy.MemoryBudget;
import org.riselm.onnx.internal.policy.MemoryPlanner;
import org.riselm.onnx.internal.runtime.DeviceMemory;
import org.riselm.onnx.internal.runtime.DeviceMemoryUse;
import org.riselm.onnx.internal.runtime.NativeMemory;
import org.riselm.onnx.internal.runtime.RehearsalMemory;
import org.riselm.onnx.model.DecoderConfig;

/** A policy on a device, rehearsed on the CPU, against one that is at home there. */
class DevicePolicyTest {
  // A device adds up the squares under the gradients' norm in another order.
  private static final double LEARNED = 1e-6;

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
        OnnxPolicy away = policy(options.toBuilder().device(RehearsalMemory.DEVICE).build())) {
      SamplingOptions sampling =
          SamplingOptions.ofMaxNewTokens(12).toBuilder().logProbabilities(true).build();
      assertSame(home.complete(queries(), sampling), away.complete(queries(), sampling), 1e-9);
      TrainingOptions training = TrainingOptions.builder().steps(5).batchSize(4).build();
      List<Example> examples = TinyModel.EXAMPLES;
      assertEquals(
          home.train(examples, training, ProgressListener.NONE).lastLoss(),
          away.train(examples, training, ProgressListener.NONE).lastLoss(),
          LEARNED);
      assertClose(home.logProbabilities(examples), away.logProbabilities(examples));
      assertSame(home.complete(queries(), sampling), away.complete(queries(), sampling), LEARNED);
    }
    assertEquals(before, NativeMemory.openObjects());
  }

  /** The same tokens; the sums below their log-probabilities are in another order. */
  private static void assertSame(
      List<Completion> expected, List<Completion> found, double tolerance) {
    for (int i = 0; i < expected.size(); i++) {
      assertEquals(expected.get(i).response(), found.get(i).response());
      assertArrayEquals(
          expected.get(i).logProbabilities().toArray(),
          found.get(i).logProbabilities().toArray(),
          tolerance);
    }
  }

  private static void assertClose(List<LogProbabilities> expected, List<LogProbabilities> found) {
    assertEquals(expected.size(), found.size());
    for (int i = 0; i < expected.size(); i++) {
      assertArrayEquals(expected.get(i).toArray(), found.get(i).toArray(), LEARNED);
    }
  }

  @Test
  void aPhaseUsesAboutWhatWasPlannedAndTrainingAndScoringLeaveNothing() throws IOException {
    DeviceMemoryUse use = DeviceMemoryUse.of(RehearsalMemory.DEVICE);
    assertEquals(0, use.bytes());
    // Large enough for what is planned to matter beside constants.
    DecoderConfig config =
        DecoderConfig.builder(TinyModel.config().vocabularySize())
            .hiddenSize(128)
            .layers(3)
            .heads(4)
            .feedForwardSize(512)
            .contextLength(32)
            .build();
    try (OnnxPolicy policy =
        OnnxPolicy.create(
            config,
            TinyModel.tokenizer(folder),
            TinyModel.FORMAT,
            1,
            TinyModel.options(1).toBuilder().device(RehearsalMemory.DEVICE).build())) {
      assertTrue(policy.phaseUse().isEmpty());
      policy.complete(queries(), SamplingOptions.ofMaxNewTokens(12));
      PhaseMemoryUse sampling = policy.phaseUse().orElseThrow();
      assertEquals("sampling", sampling.phase());
      // The cache and the logits at least; weights are the host's here.
      assertTrue(
          sampling.used() > 0 && sampling.used() < 2 * sampling.planned(), sampling::toString);
      assertEquals(sampling.left(), use.bytes());
      assertTrue(sampling.left() > 0, "the sampler waits for the next turn");

      policy.train(
          TinyModel.EXAMPLES,
          TrainingOptions.builder().steps(3).batchSize(4).build(),
          ProgressListener.NONE);
      PhaseMemoryUse training = policy.phaseUse().orElseThrow();
      assertEquals("training", training.phase());
      assertTrue(training.used() > 0.6 * training.planned(), training::toString);
      assertTrue(training.used() < 1.6 * training.planned(), training::toString);
      assertEquals(0, training.left());
      assertEquals(0, use.bytes());

      policy.complete(queries(), SamplingOptions.ofMaxNewTokens(2));
      policy.logProbabilities(TinyModel.EXAMPLES);
      PhaseMemoryUse scoring = policy.phaseUse().orElseThrow();
      assertEquals("scoring", scoring.phase());
      assertTrue(scoring.used() > 0 && scoring.used() < 1.6 * scoring.planned(), scoring::toString);
      assertEquals(0, use.bytes());

      assertEquals(Math.max(training.used(), sampling.used()), policy.drainPeakBytes());
      assertEquals(0, policy.drainPeakBytes());
    }
    assertEquals(0, use.bytes());
  }

  @Test
  void anotherThreadThanTheOwnersIsRefused() throws Exception {
    ExecutorService one = Executors.newSingleThreadExecutor(r -> new Thread(r, "another"));
    try (OnnxPolicy policy =
        policy(TinyModel.options(1).toBuilder().device(RehearsalMemory.DEVICE).build())) {
      List<Completion> before = policy.complete(queries(), SamplingOptions.ofMaxNewTokens(4));
      Future<?> elsewhere =
          one.submit(() -> policy.complete(queries(), SamplingOptions.ofMaxNewTokens(4)));
      ExecutionException e = assertThrows(ExecutionException.class, elsewhere::get);
      SessionThreadException said = assertInstanceOf(SessionThreadException.class, e.getCause());
      assertTrue(String.valueOf(said.getMessage()).contains("\"another\""), said::getMessage);
      assertEquals(before, policy.complete(queries(), SamplingOptions.ofMaxNewTokens(4)));
    } finally {
      one.shutdown();
    }
  }

  @Test
  void whatDoesNotFitTheDeviceIsRefusedWithTheTableAndNothingIsTaken() throws IOException {
    OnnxOptions options = TinyModel.options(1).toBuilder().device(RehearsalMemory.DEVICE).build();
    long weights = MemoryPlanner.ofWeights(ParameterLayout.full(TinyModel.config())).weights();
    try (OnnxPolicy policy = policy(options.toBuilder().memoryLimit(weights).build())) {
      NotEnoughMemoryException e =
          assertThrows(
              NotEnoughMemoryException.class,
              () -> policy.complete(queries(), SamplingOptions.ofMaxNewTokens(12)));
      for (String part : List.of("memory of rehearsal", "key-value cache", "activations")) {
        assertTrue(e.getMessage().contains(part), e::getMessage);
      }
      TrainingOptions training = TrainingOptions.builder().steps(1).batchSize(4).build();
      e =
          assertThrows(
              NotEnoughMemoryException.class,
              () -> policy.train(TinyModel.EXAMPLES, training, ProgressListener.NONE));
      assertTrue(e.getMessage().contains("moments"), e::getMessage);
      assertThrows(
          NotEnoughMemoryException.class, () -> policy.logProbabilities(TinyModel.EXAMPLES));
      assertEquals(0, DeviceMemoryUse.of(RehearsalMemory.DEVICE).bytes());
    }
  }

  @Test
  void whatADeviceHasFreeIsTheLimit() throws IOException {
    long free = DeviceMemory.of(RehearsalMemory.DEVICE).free().free();
    ParameterLayout layout = ParameterLayout.full(TinyModel.config());
    OnnxOptions options = TinyModel.options(1).toBuilder().device(RehearsalMemory.DEVICE).build();
    MemoryPlan fits = MemoryPlanner.ofSampling(layout, options, 1, 12);
    new MemoryBudget(layout, options).requireSampling(1, 12, false);
    long perRow = MemoryPlanner.ofSampling(layout, options, 2, 12).kvCache() - fits.kvCache();
    NotEnoughMemoryException e =
        assertThrows(
            NotEnoughMemoryException.class,
            () -> new MemoryBudget(layout, options).requireSampling(2 * free / perRow, 12, false));
    assertTrue(e.getMessage().contains("free on rehearsal"), e::getMessage);
    assertEquals((double) free, (double) e.available(), 0.2 * free);
  }

  @Test
  void aDeviceThatBecomesFullIsOneErrorAndThePolicyGoesOn() throws IOException {
    OnnxOptions options =
        TinyModel.options(1).toBuilder()
            .device(RehearsalMemory.DEVICE)
            .memoryLimit(Long.MAX_VALUE)
            .build();
    TrainingOptions training = TrainingOptions.builder().steps(3).batchSize(4).build();
    try (OnnxPolicy calm = policy(TinyModel.options(1));
        OnnxPolicy policy = policy(options)) {
      List<Completion> before = policy.complete(queries(), SamplingOptions.ofMaxNewTokens(8));
      long weights = MemoryPlanner.ofWeights(ParameterLayout.full(TinyModel.config())).weights();
      System.setProperty("rise.rehearsal.bytes", Long.toString(2 * weights));
      OutOfDeviceMemoryException e =
          assertThrows(
              OutOfDeviceMemoryException.class,
              () -> policy.train(TinyModel.EXAMPLES, training, ProgressListener.NONE));
      System.clearProperty("rise.rehearsal.bytes");
      for (String part : List.of("bytes are free", "Planned for training", "moments")) {
        assertTrue(String.valueOf(e.getMessage()).contains(part), e::getMessage);
      }
      assertEquals(0, DeviceMemoryUse.of(RehearsalMemory.DEVICE).bytes());
      assertEquals(before, policy.complete(queries(), SamplingOptions.ofMaxNewTokens(8)));
      assertEquals(
          calm.train(TinyModel.EXAMPLES, training, ProgressListener.NONE).lastLoss(),
          policy.train(TinyModel.EXAMPLES, training, ProgressListener.NONE).lastLoss());
    } finally {
      System.clearProperty("rise.rehearsal.bytes");
    }
  }

  @Test
  void aRunWhoseDeviceBecameFullGoesOnAndEndsTheSame() throws IOException {
    Path disturbed = folder.resolve("disturbed");
    try {
      assertThrows(
          OutOfDeviceMemoryException.class,
          () ->
              iterate(
                  disturbed,
                  new RiseListener() {
                    @Override
                    public void phaseStarted(PhaseStarted event) {
                      if (event.phase() == Phase.TRAIN) {
                        System.setProperty("rise.rehearsal.bytes", "1000");
                      }
                    }
                  }));
    } finally {
      System.clearProperty("rise.rehearsal.bytes");
    }
    Path calm = folder.resolve("calm");
    iterate(disturbed, new RiseListener() {});
    iterate(calm, new RiseListener() {});
    assertEquals(RunDigest.of(calm), RunDigest.of(disturbed));
  }

  private void iterate(Path run, RiseListener listener) throws IOException {
    ProblemSet problems =
        new ProblemSet("one", List.of(TinyModel.STATES.get(0).problem()), new Gsm8kVerifier());
    OnnxOptions options =
        TinyModel.options(1).toBuilder()
            .device(RehearsalMemory.DEVICE)
            .memoryLimit(Long.MAX_VALUE)
            .build();
    try (OnnxPolicy policy = policy(options);
        RiseTrainer trainer =
            RiseTrainer.builder(policy, problems)
                .relabeler(Relabelers.reference())
                .feedback(Feedback.neutral("try again"))
                .sampling(SamplingOptions.ofMaxNewTokens(4))
                .training(TrainingOptions.builder().steps(1).batchSize(2).build())
                .listener(listener)
                .runDirectory(run)
                .build()) {
      trainer.iterate();
    }
  }

  @Test
  void aPolicyOnADeviceIsItsOwnCriticThroughAllTurns() throws IOException {
    ProblemSet problems =
        new ProblemSet("one", List.of(TinyModel.STATES.get(0).problem()), new Gsm8kVerifier());
    OnnxOptions options = TinyModel.options(1).toBuilder().device(RehearsalMemory.DEVICE).build();
    try (OnnxPolicy policy = policy(options)) {
      Critic critic =
          Critic.builder(policy)
              .request((problem, turn) -> "sky fog")
              .sampling(SamplingOptions.ofMaxNewTokens(3))
              .build();
      try (RiseTrainer trainer =
          RiseTrainer.builder(policy, problems)
              .relabeler(Relabelers.reference())
              .feedback(critic)
              .turns(3)
              .sampling(SamplingOptions.ofMaxNewTokens(4))
              .training(TrainingOptions.builder().steps(1).batchSize(2).build())
              .build()) {
        IterationReport.RolloutStats collected = trainer.iterate().collected();
        assertEquals(0, collected.truncated(), collected::toString);
        assertEquals(0, collected.failures(), collected::toString);
        assertEquals(3, collected.turns(), collected::toString);
      }
    }
  }

  @Test
  void aRunKeepsWhatItsStagesUsedOfTheDevice() throws IOException {
    Path run = folder.resolve("run");
    iterate(run, new RiseListener() {});
    String report = Files.readString(run.resolve("report.html"));
    for (String stage : List.of("collect", "train")) {
      Pattern used =
          Pattern.compile("\\{[^{}]*\"stage\":\"%s\"[^{}]*\"deviceBytes\":[1-9]".formatted(stage));
      assertTrue(used.matcher(report).find(), stage);
    }
  }

  @Test
  void withoutCudaTheExceptionIsTheDoctors() throws IOException {
    assumeFalse(CudaDoctor.examine().isReady(), "CUDA can start here");
    OnnxOptions options = TinyModel.options(1).toBuilder().device(Device.cuda(0)).build();
    try (OnnxPolicy policy = policy(options)) {
      DeviceUnavailableException e =
          assertThrows(
              DeviceUnavailableException.class,
              () -> policy.complete(queries(), SamplingOptions.ofMaxNewTokens(2)));
      for (String missing : CudaDoctor.examine().missing()) {
        assertTrue(String.valueOf(e.getMessage()).contains(missing), e::getMessage);
      }
    }
    assertEquals(Device.CPU, Device.cudaOrCpu());
  }

  @Test
  void aPrecisionThatTheDeviceHasNotIsRefused() {
    OnnxOptions options = OnnxOptions.ofDefaults();
    assertThrows(
        IllegalArgumentException.class,
        () -> options.toBuilder().precision(Precision.BFLOAT16).build());
    assertEquals(
        Precision.BFLOAT16, options.toBuilder().device(Device.cuda(0)).build().precision());
  }
}
