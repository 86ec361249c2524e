package org.riselm.examples.listener;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import com.google.common.io.Resources;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class EventFileTest {
  @Test
  void writesTheBytesThatTensorBoardsOwnWriterWrites() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (EventFile file = new EventFile(bytes, 1.5)) {
      file.scalar("train/loss", 1, 1.75, 0.5);
      file.scalar("train/loss", 300, 1764000000.25, -1e-6);
      file.scalar("größe/π", 1L << 40, 3, 1e30);
    }
    assertArrayEquals(
        Resources.toByteArray(Resources.getResource(EventFileTest.class, "golden.tfevents")),
        bytes.toByteArray());
  }
}
