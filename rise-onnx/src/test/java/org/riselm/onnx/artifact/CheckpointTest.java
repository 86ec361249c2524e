package org.riselm.onnx.artifact;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class CheckpointTest {
  private static Path folder = Path.of("");

  @BeforeAll
  @BeforeContainer
  static void makeFolder() throws IOException {
    folder = Files.createTempDirectory("checkpoints");
  }

  @AfterAll
  @AfterContainer
  static void deleteFolder() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }

  private static final Checkpoint SMALL =
      new Checkpoint(
          List.of(NamedTensor.of("w", List.of(2L, 2L), 1, 2, 3, 4)),
          List.of(NamedTensor.of("base", List.of(3L), 5, 6, 7)),
          Optional.of(
              new OptimizerState(
                  7,
                  0.5f,
                  Map.of(
                      "w",
                      new OptimizerState.Moments(
                          NamedTensor.of(OptimizerState.Moments.FIRST, List.of(2L, 2L), 1, 1, 1, 1),
                          NamedTensor.of(
                              OptimizerState.Moments.SECOND, List.of(2L, 2L), 2, 2, 2, 2))))),
          new Checkpoint.Properties(
              Map.of("epoch", 3L), Map.of("best", 0.25f), Map.of("note", "ünï")));

  @Provide
  Arbitrary<Checkpoint> checkpoints() {
    return Checkpoints.any();
  }

  @Property(tries = 60)
  void whatIsWrittenIsReadAndWrittenAgainTheSame(
      @ForAll("checkpoints") Checkpoint checkpoint, @ForAll boolean external) throws IOException {
    Path first = folder.resolve("first");
    Path second = folder.resolve("second");
    write(checkpoint, first, external);
    Checkpoint read = Checkpoint.read(first);
    assertEquals(checkpoint, read);
    write(read, second, external);
    assertEquals(-1, Files.mismatch(first, second));
    if (external) {
      assertEquals(
          -1, Files.mismatch(Checkpoint.externalData(first), Checkpoint.externalData(second)));
    }
  }

  private static void write(Checkpoint checkpoint, Path file, boolean external) {
    if (external) {
      checkpoint.writeExternal(file);
    } else {
      checkpoint.write(file);
    }
  }

  @Property(tries = 60)
  void aCutFileIsRefused(@ForAll("checkpoints") Checkpoint checkpoint, @ForAll int where)
      throws IOException {
    Path file = folder.resolve("cut");
    checkpoint.write(file);
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(bytes, Math.floorMod(where, bytes.length)));
    assertNames(file, assertThrows(ArtifactException.class, () -> Checkpoint.read(file)));
  }

  @Property(tries = 60)
  void aDamagedFileIsReadOrRefused(
      @ForAll("checkpoints") Checkpoint checkpoint, @ForAll boolean external, @ForAll long seed)
      throws IOException {
    Path file = folder.resolve("damaged");
    write(checkpoint, file, external);
    byte[] good = Files.readAllBytes(file);
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < 10; i++) {
      byte[] bad = good.clone();
      for (int flips = random.nextInt(1, 5); flips > 0; flips--) {
        bad[random.nextInt(bad.length)] ^= (byte) (1 << random.nextInt(8));
      }
      Files.write(file, bad);
      readOrRefuse(file);
    }
  }

  @Property(tries = 200)
  void noiseIsReadOrRefused(@ForAll @Size(max = 300) byte[] noise) throws IOException {
    Path file = folder.resolve("noise");
    if (noise.length >= 8) { // Past the header, or nothing behind it would be tried.
      System.arraycopy("ODTC".getBytes(StandardCharsets.US_ASCII), 0, noise, 4, 4);
      ByteBuffer.wrap(noise).order(ByteOrder.LITTLE_ENDIAN).putInt(0, 8 + noise[0] % 8);
    }
    Files.write(file, noise);
    readOrRefuse(file);
  }

  private static void readOrRefuse(Path file) {
    try {
      Checkpoint.read(file);
    } catch (ArtifactException e) {
      assertNames(file, e);
    }
  }

  private static void assertNames(Path file, ArtifactException e) {
    String message = String.valueOf(e.getMessage());
    assertTrue(message.contains(file.toString()), message);
    assertTrue(
        message.contains("found ")
            || message.contains("is not a tensor's name")
            || message.contains("the shape"),
        message);
  }

  private static void assertRefused(Path file, String... parts) {
    String message =
        String.valueOf(
            assertThrows(ArtifactException.class, () -> Checkpoint.read(file)).getMessage());
    for (String part : parts) {
      assertTrue(message.contains(part), message + " has no " + part);
    }
  }

  @Test
  void aMissingFileIsNamed() {
    assertRefused(folder.resolve("nowhere"), "nowhere", "found no file");
  }

  @Test
  void aFolderIsRefused() {
    assertRefused(folder, "found a folder");
  }

  @Test
  void anotherFormatIsRefused() throws IOException {
    Path file = folder.resolve("other");
    Files.writeString(file, "not a checkpoint");
    assertRefused(file, "found 'a ch'", "expected 'ODTC'");
  }

  @Test
  void anotherVersionIsRefused() throws IOException {
    Path file = folder.resolve("version");
    SMALL.write(file);
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    int root = bytes.getInt(0);
    int vtable = root - bytes.getInt(root);
    int version = root + bytes.getShort(vtable + 4); // the table's first field
    assertEquals(2, bytes.getInt(version));
    bytes.putInt(version, 3);
    Files.write(file, bytes.array());
    assertRefused(file, "checkpoint.version: found 3, expected 2");
  }

  @Test
  void parametersInASecondFileAreMissedByName() throws IOException {
    Path file = folder.resolve("split");
    SMALL.writeExternal(file);
    Path data = folder.resolve("split.data");
    assertEquals(7 * Float.BYTES, Files.size(data));
    byte[] bytes = Files.readAllBytes(data);
    Files.write(data, Arrays.copyOf(bytes, bytes.length - 1));
    assertRefused(file, "split.data", "tensor base: found a file of 27 bytes", "12 bytes from");
    Files.delete(data);
    assertRefused(file, "split.data", "found no file");
  }

  @Test
  void fromALimitOnParametersGoToASecondFile() {
    Path file = folder.resolve("limit");
    long bytes = (4 + 3 + 8) * Float.BYTES;
    CheckpointWriter.write(SMALL, file, bytes + 1);
    assertFalse(Files.exists(folder.resolve("limit.data")));
    CheckpointWriter.write(SMALL, file, bytes);
    assertTrue(Files.exists(folder.resolve("limit.data")));
    assertEquals(SMALL, Checkpoint.read(file));
    SMALL.write(file);
    assertFalse(Files.exists(folder.resolve("limit.data")), "a left-over of the one replaced");
  }

  @Test
  void aFailedWriteLeavesTheOldFileAndNothingElse() throws IOException {
    Path file = folder.resolve("occupied");
    Files.createDirectories(file.resolve("by-a-folder"));
    assertThrows(UncheckedIOException.class, () -> SMALL.write(file));
    try (Stream<Path> left = Files.list(folder)) {
      assertEquals(List.of(), left.filter(f -> f.toString().endsWith(".tmp")).toList());
    }
    Files.delete(file.resolve("by-a-folder"));
    Files.delete(file);
  }

  @Test
  void contradictionsAreRefused() {
    NamedTensor w = NamedTensor.of("w", List.of(2L), 1, 2);
    assertThrows(IllegalArgumentException.class, () -> NamedTensor.of("w", List.of(3L), 1, 2));
    assertThrows(IllegalArgumentException.class, () -> NamedTensor.of(" ", List.of(2L), 1, 2));
    assertThrows(IllegalArgumentException.class, () -> Checkpoint.of(List.of(w, w)));
    NamedTensor m = NamedTensor.of(OptimizerState.Moments.FIRST, List.of(1L), 0);
    NamedTensor v = NamedTensor.of(OptimizerState.Moments.SECOND, List.of(1L), 0);
    assertThrows(
        IllegalArgumentException.class,
        () -> withMoments(w, "w", new OptimizerState.Moments(m, v)));
    assertThrows(
        IllegalArgumentException.class,
        () -> withMoments(w, "x", new OptimizerState.Moments(m, v)));
    assertThrows(IllegalArgumentException.class, () -> new OptimizerState.Moments(v, m));
    assertThrows(
        IllegalArgumentException.class,
        () -> new Checkpoint.Properties(Map.of("a", 1L), Map.of("a", 1f), Map.of()));
  }

  private static Checkpoint withMoments(
      NamedTensor w, String name, OptimizerState.Moments moments) {
    return new Checkpoint(
        List.of(w),
        List.of(),
        Optional.of(new OptimizerState(0, 0, Map.of(name, moments))),
        Checkpoint.Properties.none());
  }

  @Test
  void valuesAreViewsThatCannotBeWritten() {
    Path file = folder.resolve("views");
    SMALL.write(file);
    NamedTensor w = Checkpoint.read(file).trainable().get(0);
    assertTrue(w.bytes().isReadOnly() && w.bytes().isDirect());
    float[] values = new float[4];
    w.floats().get(values);
    assertArrayEquals(new float[] {1, 2, 3, 4}, values);
  }
}
