package org.riselm.onnx.internal.gguf;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Objects;
import org.riselm.onnx.internal.folder.safetensors.TensorSource;

/** The files that {@code make_gguf.py} wrote. */
final class Fixtures {
  private Fixtures() {}

  static Path file(String name) {
    return Path.of(
        URI.create(Objects.requireNonNull(Fixtures.class.getResource(name), name).toString()));
  }

  static float[] floats(TensorSource source) throws IOException {
    float[] floats = new float[(int) source.elements()];
    source.source().read(0, floats, floats.length);
    return floats;
  }
}
