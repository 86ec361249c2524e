package org.riselm.core.policy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.riselm.core.internal.util.AtomicFiles;
import org.riselm.core.internal.util.InputFiles;

/**
 * What a {@link TablePolicy} keeps on disk: {@code table.json}.
 *
 * @param format of the file; {@value #FORMAT}
 * @param responses of the table, in order
 * @param logits by key; each as long as the responses
 */
record TableFile(int format, List<String> responses, Map<String, double[]> logits) {
  private static final int FORMAT = 1;
  private static final String NAME = "table.json";
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Writes the file into {@code folder}, which appears whole or not at all. */
  static void write(Path folder, List<String> responses, Map<String, double[]> logits)
      throws IOException {
    byte[] json = JSON.writeValueAsBytes(new TableFile(FORMAT, responses, new TreeMap<>(logits)));
    AtomicFiles.writeFolder(folder, work -> Files.write(work.resolve(NAME), json));
  }

  /** Returns the logits in {@code folder}, which must be of a table with {@code responses}. */
  static Map<String, double[]> read(Path folder, List<String> responses) throws IOException {
    Path file = folder.resolve(NAME);
    TableFile read;
    try {
      read = JSON.readValue(InputFiles.text(file), TableFile.class);
    } catch (JsonProcessingException e) {
      throw new IOException(file + " is not a table's JSON: " + e.getOriginalMessage(), e);
    }
    if (read.format() != FORMAT) {
      throw new IOException("%s has format %d; expected %d".formatted(file, read.format(), FORMAT));
    }
    if (!responses.equals(read.responses())) {
      throw new IOException(
          "%s is of a table with responses %s; this one has %s"
              .formatted(file, read.responses(), responses));
    }
    for (Map.Entry<String, double[]> row : read.logits().entrySet()) {
      if (row.getValue().length != responses.size()) {
        throw new IOException(
            "%s: key \"%s\" has %d logits; expected %d"
                .formatted(file, row.getKey(), row.getValue().length, responses.size()));
      }
    }
    return read.logits();
  }
}
