package org.riselm.onnx.internal.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.riselm.onnx.GoldenModel;
import org.riselm.onnx.artifact.ArtifactException;
import org.riselm.onnx.artifact.ArtifactInputs;
import org.riselm.onnx.internal.artifact.ArtifactExecutor;
import org.riselm.onnx.internal.runtime.NativeMemory;
import org.riselm.onnx.internal.runtime.OnnxSession;
import org.riselm.onnx.internal.runtime.SessionSettings;

/**
 * Artifacts that ONNX Runtime's Python tooling made train here as they do there; {@code
 * make_artifacts.py} beside the resources made them.
 */
class ForeignArtifactsTest {
  private static final ArtifactInputs MEAN =
      ArtifactInputs.builder("input_ids", "labels")
          .attentionMask("attention_mask")
          .positions("position_ids")
          .build();
  private static final ArtifactInputs WEIGHTED =
      MEAN.toBuilder().weights("token_weights").logits("flat_logits").build();

  @TempDir private Path parent = Path.of("");
  private long openBefore;

  @BeforeEach
  void countOpen() {
    openBefore = NativeMemory.openObjects();
  }

  @AfterEach
  void nothingLeaks() {
    assertEquals(openBefore, NativeMemory.openObjects());
  }

  private Path copy(String kind) throws IOException {
    Path source =
        Path.of(URI.create(GoldenModel.class.getResource("artifacts-" + kind).toString()));
    Path target = Files.createDirectory(parent.resolve("copy-" + kind + System.nanoTime()));
    for (String file :
        List.of("training_model.onnx", "eval_model.onnx", "optimizer_model.onnx", "checkpoint")) {
      Files.copy(source.resolve(file), target.resolve(file));
    }
    return target;
  }

  private static ArtifactInputs mapping(String kind) {
    return kind.equals("mean") ? MEAN : WEIGHTED;
  }

  private static JsonNode golden(String kind) throws IOException {
    return new ObjectMapper()
        .readTree(GoldenModel.class.getResourceAsStream("artifacts-" + kind + "/golden.json"));
  }

  private static List<EncodedExample> examples(JsonNode golden) {
    List<EncodedExample> examples = new ArrayList<>();
    for (JsonNode e : golden.get("examples")) {
      examples.add(
          EncodedExample.of(
              ints(e.get("prompt")), ints(e.get("target")), e.get("weight").asDouble()));
    }
    return examples;
  }

  private static int[] ints(JsonNode array) {
    int[] values = new int[array.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = array.get(i).asInt();
    }
    return values;
  }

  private static MicroBatch batch(List<EncodedExample> examples) {
    double total = examples.stream().mapToDouble(EncodedExample::totalWeight).sum();
    return BatchPlanner.pack(examples, 1 / total);
  }

  @ParameterizedTest
  @ValueSource(strings = {"mean", "weighted"})
  void theLossesAreThoseOfPython(String kind) throws IOException {
    JsonNode golden = golden(kind);
    MicroBatch batch = batch(examples(golden));
    try (ArtifactExecutor executor = new ArtifactExecutor(copy(kind), mapping(kind), 1)) {
      double last = Double.NaN;
      for (JsonNode expected : golden.get("losses")) {
        last = executor.accumulate(batch);
        assertEquals(expected.asDouble(), last, 1e-5);
        executor.step(golden.get("learningRate").asDouble());
      }
      assertTrue(last < golden.get("losses").get(0).asDouble() / 5, "the loss is " + last);
    }
  }

  @Test
  void microBatchesOfWeightedExamplesAddUp() throws IOException {
    JsonNode golden = golden("weighted");
    List<EncodedExample> examples = examples(golden);
    double total = examples.stream().mapToDouble(EncodedExample::totalWeight).sum();
    try (ArtifactExecutor executor = new ArtifactExecutor(copy("weighted"), WEIGHTED, 1)) {
      for (int step = 0; step < 3; step++) {
        double loss = 0;
        for (EncodedExample e : examples) {
          loss += executor.accumulate(BatchPlanner.pack(List.of(e), 1 / total));
        }
        assertEquals(golden.get("losses").get(step).asDouble(), loss, 1e-5);
        executor.step(golden.get("learningRate").asDouble());
      }
    }
  }

  @Test
  void theCheckpointGoesOnWhereItWasAndTheModelGoesOut() throws IOException {
    JsonNode golden = golden("weighted");
    double rate = golden.get("learningRate").asDouble();
    MicroBatch batch = batch(examples(golden));
    Path folder = copy("weighted");
    float[] before;
    try (ArtifactExecutor executor = new ArtifactExecutor(folder, WEIGHTED, 1)) {
      for (int step = 0; step < 4; step++) {
        executor.accumulate(batch);
        executor.step(rate);
      }
      executor.writeBack();
      before = executor.tokenLosses(batch);
      executor.export(parent.resolve("out"), List.of("flat_logits"));
      assertThrows(
          IllegalArgumentException.class,
          () -> executor.export(parent.resolve("no"), List.of("logits")));
    }
    try (ArtifactExecutor executor = new ArtifactExecutor(folder, WEIGHTED, 1)) {
      assertArrayEquals(before, executor.tokenLosses(batch));
      for (int step = 4; step < golden.get("losses").size(); step++) {
        assertEquals(golden.get("losses").get(step).asDouble(), executor.accumulate(batch), 1e-5);
        executor.step(rate);
      }
    }
    try (OnnxSession session =
        OnnxSession.load(
            parent.resolve("out").resolve(ArtifactExecutor.EXPORTED),
            SessionSettings.ofThreads(1))) {
      assertEquals("flat_logits", session.outputs().get(0).name());
    }
  }

  @Test
  void aSavedPointIsGoneBackTo() throws IOException {
    JsonNode golden = golden("weighted");
    double rate = golden.get("learningRate").asDouble();
    MicroBatch batch = batch(examples(golden));
    try (ArtifactExecutor executor = new ArtifactExecutor(copy("weighted"), WEIGHTED, 1)) {
      executor.accumulate(batch);
      executor.step(rate);
      executor.save(parent.resolve("point"));
      executor.accumulate(batch);
      executor.step(rate);
      executor.restore(parent.resolve("point"));
      assertEquals(golden.get("losses").get(1).asDouble(), executor.accumulate(batch), 1e-5);
      executor.step(rate);
      assertEquals(golden.get("losses").get(2).asDouble(), executor.accumulate(batch), 1e-5);
    }
  }

  @Test
  void theTokenLossesAddUpToTheLoss() throws IOException {
    MicroBatch batch = batch(examples(golden("weighted")));
    try (ArtifactExecutor executor = new ArtifactExecutor(copy("weighted"), WEIGHTED, 1)) {
      float[] losses = executor.tokenLosses(batch);
      double sum = 0;
      for (int t = 0; t < losses.length; t++) {
        sum += (double) losses[t] * batch.targetWeight(t);
      }
      assertEquals(golden("weighted").get("losses").get(0).asDouble(), sum, 1e-5);
    }
  }

  @Test
  void aMeanHasNoRoomForWeightsNorForTwoMicroBatches() throws IOException {
    List<EncodedExample> examples = examples(golden("mean"));
    List<EncodedExample> uneven = new ArrayList<>(examples);
    uneven.set(0, EncodedExample.of(new int[] {1}, new int[] {2}, 2));
    try (ArtifactExecutor executor = new ArtifactExecutor(copy("mean"), MEAN, 1)) {
      assertMessage(
          "no input for weights",
          assertThrows(IllegalArgumentException.class, () -> executor.accumulate(batch(uneven))));
      assertThrows(
          UnsupportedOperationException.class, () -> executor.tokenLosses(batch(examples)));
      assertThrows(IllegalStateException.class, () -> executor.step(1e-3));
      executor.accumulate(batch(examples));
      assertMessage(
          "room for one",
          assertThrows(IllegalStateException.class, () -> executor.accumulate(batch(examples))));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "input_ids; labels; ; ; ; [attention_mask, position_ids, token_weights]: found no meaning",
        "ids; labels; attention_mask; position_ids; token_weights; inputs [input_ids]: found no",
        "input_ids; token_weights; attention_mask; position_ids; labels; INT64[-1], expected FLOAT"
            + " for the weights, with 1 or 2",
        "labels; input_ids; attention_mask; position_ids; token_weights; INT64[-1], expected INT32"
            + " or INT64 for the token ids, with 2",
      })
  void whatDoesNotFitIsNamed(
      String ids, String labels, String mask, String positions, String weights, String message)
      throws IOException {
    ArtifactInputs.Builder mapping = ArtifactInputs.builder(ids, labels);
    Optional.ofNullable(mask).ifPresent(mapping::attentionMask);
    Optional.ofNullable(positions).ifPresent(mapping::positions);
    Optional.ofNullable(weights).ifPresent(mapping::weights);
    ArtifactInputs wrong = mapping.build();
    Path folder = copy("weighted");
    assertMessage(
        message,
        assertThrows(ArtifactException.class, () -> new ArtifactExecutor(folder, wrong, 1)));
  }

  @Test
  void aMeaningWithoutAnInputAndAnOutputThatIsNotThereAreNamed() throws IOException {
    Path folder = copy("mean");
    assertMessage(
        "inputs [token_weights]: found none of these names",
        assertThrows(
            ArtifactException.class,
            () ->
                new ArtifactExecutor(
                    folder, MEAN.toBuilder().weights("token_weights").build(), 1)));
    assertMessage(
        "output logits",
        assertThrows(
            ArtifactException.class,
            () -> new ArtifactExecutor(folder, MEAN.toBuilder().logits("logits").build(), 1)));
    assertThrows(
        IllegalArgumentException.class,
        () -> new ArtifactExecutor(folder, MEAN.toBuilder().positions("labels").build(), 1));
  }

  private static void assertMessage(String part, Exception e) {
    assertTrue(e.getMessage().contains(part), e.getMessage());
  }
}
