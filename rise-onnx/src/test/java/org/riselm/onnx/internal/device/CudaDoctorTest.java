package org.riselm.onnx.internal.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CudaDoctorTest {
  @TempDir Path natives;
  @TempDir Path cuda;

  private CudaDiagnosis withProvider() throws IOException {
    Files.createFile(natives.resolve(CudaDoctor.PROVIDER));
    return CudaDoctor.examine(natives, List.of(cuda));
  }

  private static String line(CudaDiagnosis diagnosis, String library) {
    List<String> lines = diagnosis.missing().stream().filter(m -> m.startsWith(library)).toList();
    assertEquals(1, lines.size(), diagnosis::toString);
    return lines.get(0);
  }

  @Test
  void everyMissingLibraryIsNamedWithTheFoldersAndWhatToDo() throws IOException {
    CudaDiagnosis diagnosis = withProvider();
    assertFalse(diagnosis.isReady());
    for (String library : CudaLibraries.NEEDED) {
      String line = line(diagnosis, library + ",");
      assertTrue(line.contains(cuda.toString()), line);
      assertTrue(line.contains("install "), line);
    }
    assertTrue(line(diagnosis, "libcudnn.so.9").contains("cuDNN 9"), diagnosis::toString);
  }

  @Test
  void aLibraryThatDoesNotLoadIsSaidTo() throws IOException {
    Files.writeString(cuda.resolve("libcufft.so.12"), "no library");
    String line = line(withProvider(), "libcufft.so.12");
    assertTrue(line.contains(cuda.resolve("libcufft.so.12") + ": "), line);
  }

  @Test
  void aLibraryThatLoadsIsFound() throws IOException {
    Path some = Path.of("/lib/x86_64-linux-gnu/libm.so.6");
    assumeTrue(Files.exists(some), "there is no " + some);
    Path library = Files.copy(some, cuda.resolve("libcublas.so.13"));
    CudaDiagnosis diagnosis = withProvider();
    assertTrue(diagnosis.found().contains("libcublas.so.13, " + library), diagnosis::toString);
    assertTrue(diagnosis.missing().stream().noneMatch(m -> m.startsWith("libcublas.so.13")));
  }

  @Test
  void withoutTheGpuNativesTheDependencyIsNamed() throws IOException {
    String line = line(CudaDoctor.examine(natives, List.of(cuda)), "the GPU natives");
    // The version that the project builds on.
    String pom = Files.readString(Path.of("../pom.xml"));
    String version =
        pom.replaceAll("(?s).*<onnxruntime.version>(.*?)</onnxruntime.version>.*", "$1");
    assertTrue(line.endsWith("org.bytedeco:onnxruntime:" + version + ":linux-x86_64-gpu"), line);
  }

  @Test
  void theNativesOfThisProcessAreExamined() {
    CudaDiagnosis diagnosis = CudaDoctor.examine();
    assertTrue(diagnosis.found().get(1).contains(CudaDoctor.version()), diagnosis::toString);
    assertEquals(diagnosis.missing().isEmpty(), diagnosis.isReady());
    assertEquals(diagnosis.isReady(), diagnosis.toString().endsWith("CUDA can start.\n"));
  }
}
