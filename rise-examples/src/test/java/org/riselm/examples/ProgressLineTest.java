package org.riselm.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProgressLineTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
  private long nanos;

  private String printed() {
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private ProgressLine line(boolean terminal) {
    return new ProgressLine(out, terminal, () -> nanos);
  }

  private void passSeconds(double seconds) {
    nanos += (long) (seconds * 1e9);
  }

  @Test
  void aLogGetsALinePerTenthAndOneAtTheEnd() {
    ProgressLine line = line(false);
    line.start("train base", 1000);
    for (int step = 1; step <= 1000; step++) {
      passSeconds(0.01);
      line.advance(step, 50, "loss 1.5");
    }
    line.finish("done");

    List<String> lines = printed().lines().toList();
    assertEquals(10, lines.size(), printed());
    assertFalse(printed().contains("\r"));
    String half = lines.get(4);
    assertTrue(half.startsWith("train base"), half);
    assertTrue(half.contains("[############------------] 500/1000"), half);
    assertTrue(half.contains("5,000 tokens/s"), half);
    assertTrue(half.contains("loss 1.5"), half);
    assertTrue(half.contains("0:05 left"), half);
    assertTrue(lines.get(9).contains("10.0 s"), lines.get(9));
    assertTrue(lines.get(9).contains("50,000 tokens"), lines.get(9));
  }

  @Test
  void aTerminalGetsOneLineThatIsRedrawnNowAndThen() {
    ProgressLine line = line(true);
    line.start("collect", 10_000);
    for (int i = 1; i <= 10_000; i++) {
      passSeconds(0.001);
      line.advance(i, 1, "");
    }
    line.finish("");

    assertEquals(1, printed().chars().filter(c -> c == '\n').count());
    long redraws = printed().chars().filter(c -> c == '\r').count();
    assertTrue(redraws >= 90 && redraws <= 110, redraws + " redraws in ten seconds");
  }

  @Test
  void ashorterLineLeavesNothingOfALongerOne() {
    ProgressLine line = line(true);
    line.start("train", 2);
    passSeconds(1);
    line.advance(1, 0, "a very long note that goes on and on and on and on and on");
    line.finish("");

    String last = printed().substring(printed().lastIndexOf('\r') + 1);
    String before = printed().substring(0, printed().lastIndexOf('\r'));
    String longest = before.substring(before.lastIndexOf('\r') + 1);
    assertTrue(last.stripTrailing().length() < longest.length());
    assertEquals(longest.length(), last.strip().isEmpty() ? 0 : last.length() - 1);
  }

  @Test
  void aPhaseOfUnknownLengthHasNoBar() {
    ProgressLine line = line(true);
    line.start("relabel", 0);
    passSeconds(1);
    line.advance(7, 0, "");

    assertFalse(printed().contains("["), printed());
    assertTrue(printed().contains("relabel"), printed());
  }
}
