package org.riselm.onnx.internal.runtime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.riselm.onnx.OnnxRuntimeException;
import org.riselm.onnx.artifact.Checkpoint;
import org.riselm.onnx.artifact.NamedTensor;
import org.riselm.onnx.artifact.OptimizerState;
import org.riselm.onnx.internal.artifact.ArtifactFiles;
import org.riselm.onnx.internal.artifact.LinearModel;
import org.riselm.onnx.internal.util.Resources;

class TrainingSessionTest {
  private static final float[] X = {1, 2, -1, 0.5f, 3, -2};
  private static final float[] Y = {1, 0, -2};
  private static final float RATE = 0.1f;

  @TempDir private Path folder = Path.of("");
  private long objectsBefore;

  @BeforeEach
  void countObjects() {
    objectsBefore = NativeMemory.openObjects();
  }

  @AfterEach
  void nothingIsLeftOpen() {
    assertEquals(objectsBefore, NativeMemory.openObjects());
  }

  private TrainingSession open() throws IOException {
    return ArtifactFiles.open(LinearModel.write(folder), 1);
  }

  private static TrainingSession load(Path checkpoint) {
    ArtifactFiles a = LinearModel.artifacts();
    return TrainingSession.load(
        checkpoint, a.trainingModel(), a.evaluationModel(), a.optimizerModel(), 1);
  }

  /** A training step on rows {@code from} to {@code to}; gives the loss. */
  private static float train(TrainingSession session, int from, int to) {
    try (Resources r = new Resources()) {
      Tensor loss = r.add(Tensor.scalar(0));
      session.trainStep(rows(r, from, to), List.of(loss));
      return loss.toFloats()[0];
    }
  }

  private static float evaluate(TrainingSession session) {
    try (Resources r = new Resources()) {
      Tensor loss = r.add(Tensor.scalar(0));
      session.evalStep(rows(r, 0, Y.length), List.of(loss));
      return loss.toFloats()[0];
    }
  }

  private static List<Tensor> rows(Resources r, int from, int to) {
    int n = to - from;
    float[] x = Arrays.copyOfRange(X, 2 * from, 2 * to);
    float[] y = Arrays.copyOfRange(Y, from, to);
    return List.of(r.add(Tensor.of(x, n, 2)), r.add(Tensor.of(y, n, 1)));
  }

  private static void update(TrainingSession session, int times) {
    for (int i = 0; i < times; i++) {
      train(session, 0, Y.length);
      session.optimizerStep(RATE);
      session.resetGradients();
    }
  }

  private static float[] parameters(TrainingSession session) {
    try (Tensor flat = Tensor.zeros(ElementType.FLOAT, session.parameterElements(true))) {
      session.copyParametersTo(flat, true);
      return flat.toFloats();
    }
  }

  @Test
  void stepsLowerTheLoss() throws IOException {
    try (TrainingSession session = open()) {
      // By hand, at w = (0.5, −0.25), a·b = 0.25: predictions 0.25, −0.375, 2.25.
      double first = 0.75 * 0.75 + 0.375 * 0.375 + 4.25 * 4.25;
      assertEquals(first, evaluate(session), 1e-5);
      assertEquals(first, train(session, 0, Y.length), 1e-5);
      update(session, 60);
      assertTrue(evaluate(session) < first / 10, "loss " + evaluate(session));
    }
  }

  @Test
  void gradientsAddUpUntilTheyAreReset() throws IOException {
    float[] atOnce;
    float[] inParts;
    float[] lastOnly;
    float[] afterReset;
    try (TrainingSession session = open()) {
      train(session, 0, 3);
      session.optimizerStep(RATE);
      atOnce = parameters(session);
    }
    try (TrainingSession session = open()) {
      train(session, 0, 1);
      train(session, 1, 3);
      session.optimizerStep(RATE);
      inParts = parameters(session);
    }
    try (TrainingSession session = open()) {
      train(session, 1, 3);
      session.optimizerStep(RATE);
      lastOnly = parameters(session);
    }
    try (TrainingSession session = open()) {
      train(session, 0, 1);
      session.resetGradients();
      train(session, 1, 3);
      session.optimizerStep(RATE);
      afterReset = parameters(session);
    }
    assertArrayEquals(atOnce, inParts, 1e-6f);
    assertArrayEquals(lastOnly, afterReset);
    assertFalse(Arrays.equals(atOnce, lastOnly));
  }

  @Test
  void whatItSavesIsReadAndResumedExactly() throws IOException {
    Path saved = folder.resolve("saved");
    Path rewritten = folder.resolve("rewritten");
    Path external = folder.resolve("external");
    float[] continued;
    try (TrainingSession session = open()) {
      update(session, 3);
      session.save(saved, true);
      Checkpoint read = Checkpoint.read(saved);
      assertEquals(3, read.optimizer().map(OptimizerState::step).orElse(-1L));
      assertEquals(LinearModel.checkpoint().properties(), read.properties());
      assertEquals(LinearModel.checkpoint().frozen(), read.frozen());
      assertEquals(Set.of("w", "b"), names(read));
      assertArrayEquals(floats(tensor(read, "w")), firstTwo(parameters(session)));
      read.write(rewritten);
      read.writeExternal(external);
      update(session, 2);
      continued = parameters(session);
    }
    for (Path checkpoint : List.of(saved, rewritten, external)) {
      try (TrainingSession session = load(checkpoint)) {
        update(session, 2);
        assertArrayEquals(continued, parameters(session), checkpoint.toString());
        Path again = folder.resolve("again");
        session.save(again, true);
        assertEquals(5, Checkpoint.read(again).optimizer().orElseThrow().step());
        assertEquals(checkpoint.equals(external), Files.exists(folder.resolve("again.data")));
      }
    }
  }

  @Test
  void withoutTheOptimizerOnlyParametersAreSaved() throws IOException {
    Path saved = folder.resolve("saved");
    try (TrainingSession session = open()) {
      update(session, 1);
      session.save(saved, false);
    }
    assertTrue(Checkpoint.read(saved).optimizer().isEmpty());
  }

  private static Set<String> names(Checkpoint checkpoint) {
    return checkpoint.trainable().stream().map(NamedTensor::name).collect(Collectors.toSet());
  }

  private static NamedTensor tensor(Checkpoint checkpoint, String name) {
    return checkpoint.trainable().stream()
        .filter(t -> t.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static float[] floats(NamedTensor tensor) {
    float[] values = new float[tensor.floats().remaining()];
    tensor.floats().get(values);
    return values;
  }

  private static float[] firstTwo(float[] values) {
    return Arrays.copyOf(values, 2);
  }

  @Test
  void parametersGoInAndOut() throws IOException {
    try (TrainingSession session = open();
        Tensor all = Tensor.of(new float[] {1, 2, 3, 4}, 4)) {
      assertEquals(3, session.parameterElements(true));
      assertEquals(4, session.parameterElements(false));
      assertArrayEquals(new float[] {0.5f, -0.25f, 0.125f}, parameters(session));
      session.copyParametersFrom(all, false);
      assertArrayEquals(new float[] {1, 2, 3}, parameters(session));
      // Predictions 1 + 4 + 12, −1 + 1 + 12, 3 − 4 + 12.
      assertEquals(16 * 16 + 12 * 12 + 13 * 13, evaluate(session), 1e-3);
    }
  }

  @Test
  void theExportedGraphHasTheParameters() throws IOException {
    Path file = folder.resolve("exported.onnx");
    float expected;
    try (TrainingSession session = open()) {
      update(session, 1);
      expected = evaluate(session);
      session.export(file, List.of("loss"));
    }
    try (Resources r = new Resources()) {
      OnnxSession exported =
          r.add(OnnxSession.load(Files.readAllBytes(file), SessionSettings.ofThreads(1)));
      assertEquals(List.of("x", "y"), exported.inputs().stream().map(Port::name).toList());
      List<Tensor> rows = rows(r, 0, Y.length);
      Tensor loss = r.add(Tensor.scalar(0));
      r.add(exported.bind())
          .input("x", rows.get(0))
          .input("y", rows.get(1))
          .output("loss", loss)
          .run();
      assertEquals(expected, loss.toFloats()[0], 1e-6f);
    }
  }

  @Test
  void itNamesWhatAStepTakesAndGives() throws IOException {
    try (TrainingSession session = open()) {
      assertEquals(List.of("x", "y"), session.trainingInputs());
      assertEquals(List.of("loss"), session.trainingOutputs());
      assertEquals(List.of("x", "y"), session.evaluationInputs());
      assertEquals(List.of("loss"), session.evaluationOutputs());
      String message =
          String.valueOf(
              assertThrows(
                      IllegalArgumentException.class, () -> session.trainStep(List.of(), List.of()))
                  .getMessage());
      assertTrue(message.contains("found 0 inputs, expected 2: [x, y]"), message);
    }
  }

  @Test
  void anOutputOfAnotherShapeIsRefused() throws IOException {
    try (TrainingSession session = open();
        Resources r = new Resources()) {
      List<Tensor> rows = rows(r, 0, 3);
      Tensor wrong = r.add(Tensor.zeros(ElementType.FLOAT, 3));
      assertThrows(OnnxRuntimeException.class, () -> session.trainStep(rows, List.of(wrong)));
    }
  }

  @Test
  void theLearningRateIsThatOfTheLastUpdate() throws IOException {
    try (TrainingSession session = open()) {
      assertEquals(0.001f, session.learningRate());
      update(session, 1);
      assertEquals(RATE, session.learningRate());
    }
  }

  @Test
  void whatCannotBeLoadedLeavesNothingOpen() throws IOException {
    Path nowhere = folder.resolve("nowhere");
    assertThrows(OnnxRuntimeException.class, () -> load(nowhere));
    Path checkpoint = LinearModel.write(folder).resolve(ArtifactFiles.CHECKPOINT);
    byte[] noise = {1, 2, 3};
    assertThrows(
        OnnxRuntimeException.class, () -> TrainingSession.load(checkpoint, noise, noise, noise, 1));
  }

  @Test
  void closedTwiceWithoutHarmAndUsedNoMore() throws IOException {
    TrainingSession session = open();
    session.close();
    session.close();
    assertThrows(IllegalStateException.class, session::resetGradients);
    assertThrows(IllegalStateException.class, () -> session.save(folder.resolve("s"), true));
  }
}
