package org.riselm.onnx.internal.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.riselm.onnx.internal.runtime.TinyElf;

class CudaDoctorTest {
  private static final List<String> WANTED =
      List.of("libcublasLt.so.13", "libcudart.so.13", "libcudnn.so.9");

  @TempDir Path natives;
  @TempDir Path cuda;

  private NativeLibraries withProvider() throws IOException {
    TinyElf.write(natives.resolve(NativeLibraries.CUDA_PROVIDER), WANTED);
    return new NativeLibraries(natives, "1.24.1", List.of("CUDA", "CPU"));
  }

  private LibraryFolders folders() {
    return new LibraryFolders(Map.of(cuda, "a test"));
  }

  @Test
  void everyMissingLibraryIsNamedWithWhoNeedsItAndWhatToDo() throws IOException {
    CudaDiagnosis diagnosis = CudaDoctor.examine(withProvider(), folders());
    assertFalse(diagnosis.isReady());
    for (String name : WANTED) {
      List<String> lines = diagnosis.missing().stream().filter(m -> m.startsWith(name)).toList();
      assertEquals(1, lines.size(), diagnosis::toString);
      assertTrue(lines.get(0).contains(NativeLibraries.CUDA_PROVIDER), lines.get(0));
      assertTrue(lines.get(0).contains("install "), lines.get(0));
    }
    assertTrue(diagnosis.toString().contains(cuda.toString()));
  }

  @Test
  void whatIsThereIsFoundAndNotMissed() throws IOException {
    NativeLibraries provider = withProvider();
    for (String name : WANTED) {
      TinyElf.write(cuda.resolve(name), List.of("libc.so.6"));
    }
    TinyElf.write(cuda.resolve("libcudnn_graph.so.9"), List.of());
    TinyElf.write(cuda.resolve("libcudnn_ops.so.9"), List.of());
    CudaDiagnosis diagnosis = CudaDoctor.examine(provider, folders());
    // Only the driver: there is no libcuda.so.1 in the one folder.
    assertEquals(1, diagnosis.missing().size(), diagnosis::toString);
    assertTrue(diagnosis.missing().get(0).startsWith("the driver"));
    for (String name : WANTED) {
      assertTrue(diagnosis.found().stream().anyMatch(f -> f.startsWith(name)), name);
    }
  }

  @Test
  void whatALibraryNeedsItselfIsMissedToo() throws IOException {
    NativeLibraries provider = withProvider();
    TinyElf.write(cuda.resolve("libcudnn.so.9"), List.of("libnvrtc.so.13"));
    List<String> missing = CudaDoctor.examine(provider, folders()).missing();
    assertTrue(
        missing.stream()
            .anyMatch(m -> m.startsWith("libnvrtc.so.13") && m.contains("libcudnn.so.9 needs")),
        missing::toString);
    assertTrue(missing.stream().anyMatch(m -> m.startsWith("libcudnn_ops.so.9")));
  }

  @Test
  void anotherVersionIsPointedOut() throws IOException {
    NativeLibraries provider = withProvider();
    TinyElf.write(cuda.resolve("libcudnn.so.8"), List.of());
    String line =
        CudaDoctor.examine(provider, folders()).missing().stream()
            .filter(m -> m.startsWith("libcudnn.so.9"))
            .findFirst()
            .orElseThrow();
    assertTrue(line.contains("in other versions only, [" + cuda.resolve("libcudnn.so.8")), line);
  }

  @Test
  void withoutTheGpuNativesTheDependencyIsNamed() throws IOException {
    NativeLibraries cpu = new NativeLibraries(natives, "1.24.1", List.of("CPU"));
    List<String> missing = CudaDoctor.examine(cpu, folders()).missing();
    String line =
        missing.stream().filter(m -> m.startsWith("the GPU natives")).findFirst().orElseThrow();
    // The version that the project builds on.
    String pom = Files.readString(Path.of("../pom.xml"));
    String version =
        pom.replaceAll("(?s).*<onnxruntime.version>(.*?)</onnxruntime.version>.*", "$1");
    assertTrue(line.endsWith("org.bytedeco:onnxruntime:" + version + ":linux-x86_64-gpu"), line);
  }

  @Test
  void aDamagedProviderIsSaidToBe() throws IOException {
    NativeLibraries provider = withProvider();
    Files.write(provider.cudaProvider(), new byte[] {1, 2, 3});
    List<String> missing = CudaDoctor.examine(provider, folders()).missing();
    assertTrue(missing.stream().anyMatch(m -> m.contains("cannot be read")), missing::toString);
  }

  @Test
  void theNativesOfThisProcessAreExamined() throws IOException {
    NativeLibraries loaded = NativeLibraries.loaded();
    CudaDiagnosis diagnosis = CudaDoctor.examine();
    assertTrue(diagnosis.found().get(1).contains(loaded.version()), diagnosis::toString);
    assertTrue(loaded.providers().contains("CPU"));
    assertEquals(diagnosis.missing().isEmpty(), diagnosis.isReady());
  }

  @Test
  void elfFilesTellWhatTheyNeedAndOthersAreRefused() throws IOException {
    Path elf = natives.resolve("libx.so");
    TinyElf.write(elf, List.of("liba.so.1", "libb.so.2"));
    assertEquals(List.of("liba.so.1", "libb.so.2"), ElfFile.needed(elf));
    Path text = natives.resolve("text");
    Files.writeString(text, "x".repeat(100));
    assertThrows(IOException.class, () -> ElfFile.needed(text));
  }
}
