package org.riselm.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Has a Python script look at what a test wrote. */
final class PythonCheck {
  private PythonCheck() {}

  /**
   * Runs {@code script}, a resource of this package, with {@code models} for its argument; it must
   * end with 0. What it says goes to {@code models}' parent folder and is printed.
   */
  static void run(String python, String script, Path models) throws Exception {
    Path file = Path.of(URI.create(PythonCheck.class.getResource(script).toString()));
    File said = models.resolveSibling("said.txt").toFile();
    Process process =
        new ProcessBuilder(python, file.toString(), models.toString())
            .redirectErrorStream(true)
            .redirectOutput(said)
            .start();
    assertTrue(process.waitFor(10, TimeUnit.MINUTES));
    String text = Files.readString(said.toPath());
    assertEquals(0, process.exitValue(), text);
    System.out.println(text);
  }
}
