package org.riselm.core.internal.trainer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.base.Splitter;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProgressLineTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
  private long nanos;

  private String printed() {
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private ProgressLine line(int columns) {
    return new ProgressLine(out, () -> columns, () -> nanos);
  }

  private void passSeconds(double seconds) {
    nanos += (long) (seconds * 1e9);
  }

  @Test
  void aLogGetsALinePerTenthAndOneAtTheEnd() {
    ProgressLine line = line(0);
    line.start("train base");
    for (int step = 1; step <= 1000; step++) {
      passSeconds(0.03);
      line.advance(step, 1000, 50L * step, () -> "loss 1.5");
    }
    line.finish();

    List<String> lines = printed().lines().toList();
    assertEquals(10, lines.size(), printed());
    assertFalse(printed().contains("\r"));
    String half = lines.get(4);
    assertTrue(half.startsWith("train base"), half);
    assertTrue(half.contains("[############------------] 500/1000"), half);
    assertTrue(half.contains("1,667 tokens/s"), half);
    assertTrue(half.contains("loss 1.5"), half);
    assertTrue(half.contains("0:15 left"), half);
    assertTrue(lines.get(9).contains("30.0 s"), lines.get(9));
    assertTrue(lines.get(9).contains("50,000 tokens"), lines.get(9));
  }

  @Test
  void aLogGetsOneLineForWorkThatIsDoneInAMoment() {
    ProgressLine line = line(0);
    line.start("evaluate");
    for (int i = 1; i <= 1000; i++) {
      passSeconds(0.001);
      line.advance(i, 1000, i, () -> "");
    }
    line.finish();

    assertEquals(1, printed().lines().count(), printed());
  }

  @Test
  void aTerminalGetsOneLineThatIsRedrawnNowAndThen() {
    ProgressLine line = line(120);
    line.start("collect");
    for (int i = 1; i <= 10_000; i++) {
      passSeconds(0.001);
      line.advance(i, 10_000, i, () -> "");
    }
    line.finish();

    assertEquals(1, printed().chars().filter(c -> c == '\n').count());
    long redraws = printed().chars().filter(c -> c == '\r').count();
    assertTrue(redraws >= 90 && redraws <= 110, redraws + " redraws in ten seconds");
  }

  @Test
  void aShorterLineLeavesNothingOfALongerOne() {
    ProgressLine line = line(120);
    line.start("train");
    passSeconds(1);
    line.advance(1, 2, 0, () -> "a very long note that goes on and on and on and on and on and on");
    passSeconds(1);
    line.advance(2, 2, 0, () -> "");

    List<String> drawn = Splitter.on('\r').splitToList(printed());
    String longer = drawn.get(drawn.size() - 2);
    String shorter = drawn.get(drawn.size() - 1);
    assertTrue(shorter.stripTrailing().length() < longer.length(), printed());
    assertEquals(longer.length(), shorter.length(), "the rest is blanked");
  }

  @ParameterizedTest
  @ValueSource(ints = {20, 40, 60, 80, 100, 200})
  void aTerminalsLineFits(int columns) {
    ProgressLine line = line(columns);
    line.start("iteration 12: evaluate");
    for (int i = 1; i <= 200; i++) {
      passSeconds(60);
      line.advance(12_000L + i, 24_000, 5_000_000L * i, () -> "reward 0.123");
    }
    line.finish();

    List<String> drawn = Splitter.on('\r').splitToList(printed().stripTrailing());
    for (String one : drawn) {
      assertTrue(one.length() < columns, one);
    }
    String last = drawn.get(drawn.size() - 2);
    assertTrue(last.startsWith(columns < 40 ? "iteration 12: evalu" : "iteration 12: evaluate"));
    assertEquals(columns >= 100, last.contains("#####"), last);
    assertEquals(columns >= 80, last.contains("reward 0.123  "), last);
    assertTrue(columns < 80 || last.contains(" left"), last);
  }

  @Test
  void aPhaseWithoutNewsHasNoBar() {
    ProgressLine line = line(120);
    line.start("relabel");

    assertFalse(printed().contains("["), printed());
    assertTrue(printed().contains("relabel"), printed());
  }
}
