package org.riselm.onnx.internal.runtime;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.onnxruntime.StringVector;
import org.bytedeco.onnxruntime.global.onnxruntime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.riselm.onnx.internal.device.CudaDoctor;

/** The natives for GPUs come only if a user asks for them: they are never a dependency. */
class GpuNativesTest {
  @ParameterizedTest
  @ValueSource(strings = {"linux-x86_64-gpu", "windows-x86_64-gpu"})
  void areNotOnTheClassPathThatOurDependenciesMake(String platform) {
    String natives = "/org/bytedeco/onnxruntime/" + platform + "/";
    for (String file :
        new String[] {"libjnionnxruntime.so", "jnionnxruntime.dll", CudaDoctor.PROVIDER}) {
      assertNull(GpuNativesTest.class.getResource(natives + file), file);
    }
  }

  @Test
  void areNotWhatRuns() {
    OrtLibrary.require();
    List<String> providers = new ArrayList<>();
    try (StringVector names = onnxruntime.GetAvailableProviders()) {
      for (long i = 0; i < names.size(); i++) {
        providers.add(names.get(i).getString());
      }
    }
    assertFalse(providers.contains("CUDAExecutionProvider"), providers::toString);
    assertTrue(providers.contains("CPUExecutionProvider"), providers::toString);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"../pom.xml", "pom.xml", "../rise-bom/pom.xml", "../rise-examples/pom.xml"})
  void areNamedByNoPom(String pom) throws IOException {
    assertFalse(Files.readString(Path.of(pom)).contains("-gpu<"), pom);
  }
}
