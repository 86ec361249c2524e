package org.riselm.onnx.internal.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;

/** JavaCPP's caps are lifted also where a tensor is the first native thing of a process. */
class TensorFirstTest {
  /** Prints the cap in a JVM that has done nothing else. */
  public static final class Main {
    private Main() {}

    /** Allocates, then prints. */
    public static void main(String[] args) {
      Tensor.zeros(ElementType.FLOAT, 1).close();
      System.out.print(Pointer.maxPhysicalBytes());
    }
  }

  @Test
  void theCapOnPhysicalMemoryIsLifted() throws Exception {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String classPath = System.getProperty("java.class.path");
    Process process =
        new ProcessBuilder(List.of(java, "-Xmx64m", "-cp", classPath, Main.class.getName()))
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), said);
    assertEquals("0", said);
  }
}
