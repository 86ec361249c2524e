package org.riselm.core.internal.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class ByteLinesTest {
  /** A stream that gives as little as it may. */
  private static final class Dripping extends ByteArrayInputStream {
    private final int most;

    Dripping(byte[] bytes, int most) {
      super(bytes);
      this.most = most;
    }

    @Override
    public synchronized int read(byte[] into, int from, int length) {
      return super.read(into, from, Math.min(most, length));
    }
  }

  @Property
  void linesAreCutAfterEveryBreakAndLoseNothing(
      @ForAll @Size(max = 20) List<@IntRange(max = 100_000) Integer> lengths,
      @ForAll boolean finished,
      @ForAll @IntRange(min = 1, max = 70_000) int most)
      throws IOException {
    StringBuilder text = new StringBuilder();
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < lengths.size(); i++) {
      boolean last = i == lengths.size() - 1;
      String line = "x".repeat(lengths.get(i)) + (last && !finished ? "" : "\n");
      text.append(line);
      if (!line.isEmpty()) {
        expected.add(line);
      }
    }
    InputStream in = new Dripping(text.toString().getBytes(StandardCharsets.UTF_8), most);
    ByteLines lines = new ByteLines(in);
    List<String> found = new ArrayList<>();
    for (byte[] line = lines.next(); line.length > 0; line = lines.next()) {
      found.add(new String(line, StandardCharsets.UTF_8));
    }
    assertEquals(expected, found);
  }
}
