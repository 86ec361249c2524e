package org.riselm.core.internal.util;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.riselm.core.mdp.Problem;
import org.riselm.core.task.Gsm8k;
import org.riselm.core.task.HendrycksMath;

class InputFilesTest {
  private static final String GSM8K = "{\"question\":\"1+%d?\",\"answer\":\"#### %d\"}\n";

  @TempDir Path folder;

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("file"), text);
  }

  private static String refusal(Path file) {
    return String.valueOf(
        assertTimeoutPreemptively(
                Duration.ofSeconds(20),
                () -> assertThrows(IOException.class, () -> InputFiles.text(file)))
            .getMessage());
  }

  @Test
  void aByteOrderMarkIsNoPartOfTheText() throws IOException {
    assertEquals("ä\n", InputFiles.text(file("\uFEFFä\n")));
    assertEquals(List.of("a", "", "b"), InputFiles.lines(file("\uFEFFa\r\n\nb")));
    assertEquals("a\uFEFF", InputFiles.text(file("a\uFEFF")));
    assertEquals("", InputFiles.text(file("\uFEFF")));
  }

  @Test
  void theFirstProblemOfAMarkedFileIsNotLost() throws IOException {
    String lines = GSM8K.formatted(1, 2) + GSM8K.formatted(2, 3);
    List<Problem> plain = Gsm8k.load(file(lines)).problems();
    assertEquals(2, plain.size());
    assertEquals(plain, Gsm8k.load(file("\uFEFF" + lines)).problems());
    String competition =
        "{\"problem\":\"1+1?\",\"level\":\"Level"
            + " 1\",\"type\":\"Algebra\",\"solution\":\"\\\\boxed{2}\"}";
    assertEquals(
        1, HendrycksMath.load(file("\uFEFF" + competition + "\n"), "math").problems().size());
  }

  @Test
  void aPointerOfGitLfsIsCalledOne() throws IOException {
    Path file = file("version https://git-lfs.github.com/spec/v1\noid sha256:4665a5ea\nsize 131\n");
    String message = refusal(file);
    assertTrue(message.startsWith(file + ": it is a Git LFS pointer"), message);
    assertTrue(message.endsWith("git lfs pull"), message);
    assertTrue(
        assertThrows(UncheckedIOException.class, () -> Gsm8k.load(file))
            .getMessage()
            .contains("git lfs pull"));
  }

  @Test
  void whatIsNoFileIsRefusedByName() throws IOException, InterruptedException {
    assertEquals(folder + ": it is a folder; a file is expected", refusal(folder));
    Path none = folder.resolve("none");
    assertEquals(none + ": there is no such file", refusal(none));
    assertThrows(NoSuchFileException.class, () -> InputFiles.text(none));
    Path zeros = Path.of("/dev/zero");
    assumeTrue(Files.exists(zeros));
    assertTrue(refusal(zeros).contains("a pipe, a socket or a device"));
    Path pipe = folder.resolve("pipe");
    assumeTrue(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor() == 0);
    assertTrue(refusal(pipe).contains("a pipe, a socket or a device"));
  }

  @Test
  void whatIsNotUtf8IsRefusedByName() throws IOException {
    Path file = folder.resolve("wide");
    Files.write(file, "{}".getBytes(StandardCharsets.UTF_16));
    assertEquals(file + ": it is not UTF-8 text; save it as UTF-8", refusal(file));
  }
}
