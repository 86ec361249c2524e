package org.riselm.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.common.collect.Iterables;
import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.riselm.core.policy.Completion;
import org.riselm.core.policy.ProgressListener;
import org.riselm.core.policy.Query;
import org.riselm.core.policy.SamplingOptions;
import org.riselm.core.policy.TrainingOptions;
import org.riselm.onnx.artifact.OnnxDecoder;
import org.riselm.onnx.artifact.TrainingArtifacts;
import org.riselm.onnx.internal.folder.safetensors.SafetensorsFile;

/** Every file that a model is read from, as editors, Git and mistakes leave it. */
class ModelFilesTest {
  private static final String POINTER =
      "version https://git-lfs.github.com/spec/v1\noid sha256:4665a5ea\nsize 131\n";
  private static final TrainingOptions TRAINING = TrainingOptions.builder().steps(1).build();

  @TempDir Path folder;
  private Path model = Path.of("");
  private Path adapters = Path.of("");
  private Path artifacts = Path.of("");
  private Path exported = Path.of("");

  @BeforeEach
  void write() throws IOException {
    model = folder.resolve("model");
    adapters = folder.resolve("adapters");
    artifacts = folder.resolve("artifacts");
    exported = folder.resolve("onnx");
    try (OnnxPolicy whole = TinyModel.policy(folder, 1)) {
      whole.export(model);
      whole.exportOnnx(exported);
      whole.writeArtifacts(artifacts, TRAINING);
    }
    try (OnnxPolicy adapted = lora().build()) {
      adapted.train(TinyModel.EXAMPLES, TRAINING, ProgressListener.NONE);
      adapted.save(adapters);
    }
  }

  private OnnxPolicyBuilder builder() {
    return OnnxPolicy.builder(model).options(TinyModel.options(1));
  }

  private OnnxPolicyBuilder lora() {
    return builder().lora(Lora.rank(2));
  }

  private List<Completion> sampled() throws IOException {
    try (OnnxPolicy policy = builder().adapter(adapters).build()) {
      return policy.complete(
          List.of(new Query(TinyModel.STATES.get(0), 1)), SamplingOptions.greedy(6));
    }
  }

  private void readAll() throws IOException {
    sampled();
    TrainingArtifacts.load(artifacts);
    OnnxDecoder.open(exported.resolve("model.onnx"));
  }

  private List<Path> files() throws IOException {
    List<Path> all = new ArrayList<>();
    for (Path parent : List.of(model, adapters, artifacts, exported)) {
      try (Stream<Path> files = Files.list(parent)) {
        files.forEach(all::add);
      }
    }
    // Of an ONNX export, these are for others.
    all.removeIf(f -> f.startsWith(exported) && !f.getFileName().toString().contains(".onnx"));
    return all;
  }

  @Test
  void textFilesMayBeginWithAByteOrderMark() throws IOException {
    List<Completion> before = sampled();
    int marked = 0;
    for (Path file : files()) {
      if (file.getFileName().toString().endsWith(".json")) {
        Files.writeString(file, "\uFEFF" + Files.readString(file));
        marked++;
      }
    }
    assertTrue(marked >= 4, marked + " files");
    assertEquals(before, sampled());
    try (OnnxPolicy policy = builder().adapter(adapters).build()) {
      policy.export(folder.resolve("again"));
    }
    builder().build().close();
  }

  @Test
  void aPointerOfGitLfsInThePlaceOfAnyFileIsCalledOne() throws IOException {
    for (Path file : files()) {
      byte[] whole = Files.readAllBytes(file);
      Files.writeString(file, POINTER);
      String message = refusal(this::readAll);
      assertTrue(message.contains(file + ": ") && message.contains("a Git LFS pointer"), message);
      assertTrue(message.contains("git lfs pull"), message);
      Files.write(file, whole);
    }
    readAll();
  }

  @Test
  void aPipeOrAFolderInThePlaceOfAnyFileIsRefusedByName() throws Exception {
    for (Path file : files()) {
      byte[] whole = Files.readAllBytes(file);
      Files.delete(file);
      Files.createDirectory(file);
      String message = refusal(this::readAll);
      assertTrue(message.contains(file + ": ") && message.contains(" a folder"), message);
      Files.delete(file);
      assumeTrue(new ProcessBuilder("mkfifo", file.toString()).start().waitFor() == 0);
      message = refusal(this::readAll);
      assertTrue(message.contains(file + ": ") && message.contains(" a pipe"), message);
      MoreFiles.deleteRecursively(file, RecursiveDeleteOption.ALLOW_INSECURE);
      Files.write(file, whole);
    }
    readAll();
  }

  private static String refusal(Executable reading) {
    return String.valueOf(
        assertTimeoutPreemptively(
                Duration.ofSeconds(30),
                () -> assertThrows(Exception.class, reading, "everything was read"))
            .getMessage());
  }

  /** Puts NaN near the end of the file; returns the name of the tensor there. */
  private static String spoil(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    ByteBuffer.wrap(bytes)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(bytes.length - 16, Float.floatToRawIntBits(Float.NaN));
    try (SafetensorsFile weights = SafetensorsFile.open(file)) {
      Files.write(file, bytes);
      return Iterables.getLast(weights.entries().keySet());
    }
  }

  @Test
  void aWeightThatIsNoNumberIsToldByTheNameOfItsTensorHoweverTheModelIsUsed() throws IOException {
    String tensor = spoil(model.resolve("model.safetensors"));
    for (OnnxPolicyBuilder builder : List.of(builder(), lora(), builder().frozen())) {
      String message = refusal(() -> builder.build().close());
      assertTrue(message.contains("model.safetensors: " + tensor + ": number "), message);
      assertTrue(message.contains("infinite or NaN"), message);
    }
  }

  @Test
  void aCheckpointWithAWeightThatIsNoNumberLeavesThePolicyAsItWas() throws IOException {
    Path saved = folder.resolve("saved");
    try (OnnxPolicy policy = builder().build()) {
      policy.train(TinyModel.EXAMPLES, TRAINING, ProgressListener.NONE);
      policy.save(saved);
      policy.train(TinyModel.EXAMPLES, TRAINING, ProgressListener.NONE);
      spoil(saved.resolve("model.safetensors"));
      Path before = folder.resolve("before");
      policy.export(before);
      String message = refusal(() -> policy.restore(saved));
      assertTrue(message.contains("infinite or NaN"), message);
      Path after = folder.resolve("after");
      policy.export(after);
      assertArrayEquals(
          Files.readAllBytes(before.resolve("model.safetensors")),
          Files.readAllBytes(after.resolve("model.safetensors")));
    }
  }

  @Test
  void adaptersWithAWeightThatIsNoNumberAreToldByName() throws IOException {
    String tensor = spoil(adapters.resolve("adapter_model.safetensors"));
    String message = refusal(() -> builder().adapter(adapters).build().close());
    assertNotNull(tensor);
    assertTrue(message.contains(tensor), message);
  }

  @Test
  void theIndexOfSeveralFilesMayBeMarkedAndIsAFile() throws IOException {
    Path single = model.resolve("model.safetensors");
    Path part = model.resolve("model-00001-of-00001.safetensors");
    Files.move(single, part);
    StringBuilder map = new StringBuilder("\uFEFF{\"weight_map\":{");
    try (SafetensorsFile weights = SafetensorsFile.open(part)) {
      weights
          .entries()
          .keySet()
          .forEach(n -> map.append("\"%s\":\"%s\",".formatted(n, part.getFileName())));
    }
    map.setLength(map.length() - 1);
    Path index = model.resolve("model.safetensors.index.json");
    Files.writeString(index, map + "}}");
    builder().build().close();
    Files.writeString(part, POINTER);
    assertTrue(refusal(() -> builder().build().close()).contains(part + ": it is a Git LFS"));
    Files.delete(index);
    Files.createDirectory(index);
    assertTrue(refusal(() -> builder().build().close()).contains("it is a folder"));
  }
}
