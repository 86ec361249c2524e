package org.riselm.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.riselm.core.policy.TrainingOptions;

/** What is written for others: who may read it, what it names, and what it copies. */
class ExportedFilesTest {
  @TempDir Path folder;
  private Path model = Path.of("");

  @BeforeEach
  void export() throws IOException {
    model = folder.resolve("model");
    try (OnnxPolicy whole = TinyModel.policy(folder, 1)) {
      whole.export(model);
    }
  }

  private OnnxPolicy adapted() throws IOException {
    return OnnxPolicy.builder(model).options(TinyModel.options(1)).lora(Lora.rank(2)).build();
  }

  @Test
  void foldersAndFilesHaveTheRightsThatTheProcessGivesNewOnes() throws IOException {
    assumeTrue(FileSystems.getDefault().supportedFileAttributeViews().contains("posix"));
    Path ordinary = Files.createDirectory(folder.resolve("ordinary"));
    Set<PosixFilePermission> ofFolders = Files.getPosixFilePermissions(ordinary);
    Set<PosixFilePermission> ofFiles =
        Files.getPosixFilePermissions(Files.createFile(ordinary.resolve("file")));
    Path out = folder.resolve("out");
    try (OnnxPolicy policy = adapted()) {
      policy.save(out.resolve("adapters"));
      policy.export(out.resolve("halves"), Precision.BFLOAT16);
      policy.exportOnnx(out.resolve("onnx"));
    }
    try (OnnxPolicy whole = TinyModel.policy(folder, 1)) {
      whole.writeArtifacts(out.resolve("artifacts"), TrainingOptions.ofDefaults());
    }
    try (Stream<Path> all = Files.walk(out)) {
      for (Path path : all.toList()) {
        assertEquals(
            Files.isDirectory(path) ? ofFolders : ofFiles,
            Files.getPosixFilePermissions(path),
            path.toString());
      }
    }
  }

  private static String base(Path adapters) throws IOException {
    return new ObjectMapper()
        .readTree(adapters.resolve("adapter_config.json").toFile())
        .path("base_model_name_or_path")
        .asText();
  }

  @Test
  void adaptersNameTheModelThatTheyStandBeside() throws IOException {
    Path adapters = folder.resolve("adapters");
    try (OnnxPolicy policy = adapted()) {
      policy.save(adapters);
    }
    assertEquals(model.toString(), base(adapters));
    Path snapshot = folder.resolve("hub/models--Some--Model-1B/snapshots/0a1b");
    Files.createDirectories(snapshot);
    Files.delete(snapshot);
    Files.move(model, snapshot);
    model = snapshot;
    try (OnnxPolicy policy = adapted()) {
      policy.save(folder.resolve("cached"));
    }
    assertEquals("Some/Model-1B", base(folder.resolve("cached")));
  }

  @Test
  void aLinkOutOfTheFolderIsToldWhenItsContentIsCopied() throws IOException {
    Path elsewhere = folder.resolve("elsewhere.json");
    Files.move(model.resolve("tokenizer.json"), elsewhere);
    link("tokenizer.json", elsewhere);
    // Names that nobody knows are not copied, links or not.
    link("notes.txt", elsewhere);
    List<String> said = said(folder.resolve("out"));
    assertEquals(1, said.size(), said::toString);
    assertTrue(
        said.get(0).contains("tokenizer.json")
            && said.get(0).contains(elsewhere.toRealPath().toString()));
    Path copy = folder.resolve("out/tokenizer.json");
    assertTrue(Files.isRegularFile(copy) && !Files.isSymbolicLink(copy));
    assertTrue(Files.notExists(folder.resolve("out/notes.txt")));
  }

  @Test
  void theLinksOfHuggingFacesCacheLeadOutOfNothing() throws IOException {
    Path cache = folder.resolve("hub/models--Some--Model-1B");
    Path blobs = Files.createDirectories(cache.resolve("blobs"));
    Path snapshot = Files.createDirectories(cache.resolve("snapshots/0a1b"));
    try (Stream<Path> files = Files.list(model)) {
      for (Path file : files.toList()) {
        Path blob = blobs.resolve("blob-" + file.getFileName());
        Files.move(file, blob);
        Files.createSymbolicLink(
            snapshot.resolve(file.getFileName()),
            Path.of("../../blobs").resolve(blob.getFileName()));
      }
    }
    model = snapshot;
    assertEquals(List.of(), said(folder.resolve("out")));
  }

  private void link(String name, Path target) {
    try {
      Files.createSymbolicLink(model.resolve(name), target);
    } catch (IOException | UnsupportedOperationException e) {
      assumeTrue(false, "no links here: " + e);
    }
  }

  /** Exports the model; returns what is logged meanwhile. */
  private List<String> said(Path target) throws IOException {
    List<String> said = new ArrayList<>();
    Logger logger = Logger.getLogger("org.riselm.onnx.OnnxPolicy");
    Handler handler =
        new Handler() {
          @Override
          public void publish(LogRecord entry) {
            said.add(entry.getMessage());
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    logger.addHandler(handler);
    logger.setUseParentHandlers(false);
    try (OnnxPolicy policy = OnnxPolicy.builder(model).options(TinyModel.options(1)).build()) {
      policy.export(target);
    } finally {
      logger.setUseParentHandlers(true);
      logger.removeHandler(handler);
    }
    return said;
  }
}
