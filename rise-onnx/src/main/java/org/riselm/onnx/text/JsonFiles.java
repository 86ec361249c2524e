package org.riselm.onnx.text;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import org.riselm.onnx.internal.gguf.GgufFolder;

/** Reads small JSON files; what cannot be read is refused by the file's name. */
final class JsonFiles {
  private static final ObjectMapper JSON = new ObjectMapper();

  private JsonFiles() {}

  /** Reads {@code file}; missing if there is none. */
  static JsonNode read(Path file) throws IOException {
    if (!GgufFolder.exists(file)) {
      return JSON.missingNode();
    }
    try {
      return JSON.readTree(GgufFolder.text(file));
    } catch (JsonProcessingException e) {
      throw new IOException("%s: it is not JSON: %s".formatted(file, e.getOriginalMessage()), e);
    }
  }
}
