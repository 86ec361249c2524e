package org.riselm.core.internal.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.riselm.core.RiseListener;
import org.riselm.core.RiseTrainer;
import org.riselm.core.WordTask;
import org.riselm.core.evaluation.Evaluation;
import org.riselm.core.internal.run.RunJson;
import org.riselm.core.run.SmallRun;

class RunReportTest {
  @TempDir static Path temp;
  private static Path report;
  private static Evaluation last;
  private static final List<Boolean> REPORT_AFTER_PHASE = new ArrayList<>();

  @BeforeAll
  static void run() {
    Path folder = temp.resolve("</script><script>alert(1)</script>".replace('/', '_'));
    report = folder.resolve("report.html");
    RiseListener looker =
        new RiseListener() {
          @Override
          public void phaseStarted(PhaseStarted event) {
            REPORT_AFTER_PHASE.add(Files.exists(report));
          }
        };
    try (RiseTrainer trainer =
        SmallRun.builder(WordTask.policy()).runDirectory(folder).listener(looker).build()) {
      SmallRun.finish(trainer);
      last = trainer.evaluations().get(SmallRun.ITERATIONS);
    }
  }

  @Test
  void theReportIsThereAsSoonAsTheNextPhaseIsOver() {
    assertFalse(REPORT_AFTER_PHASE.subList(1, REPORT_AFTER_PHASE.size()).contains(false));
  }

  @Test
  void itNeedsNoNetworkAndItsDataCannotEndTheScript() throws IOException {
    // The name of SVG looks like an address, and is none.
    String page = Files.readString(report).replace("http://www.w3.org/2000/svg", "");
    assertFalse(Pattern.compile("(src|href)=\"(?!data:)").matcher(page).find());
    assertFalse(page.contains("http:") || page.contains("https:"), "an address");
    assertTrue(page.contains("default-src 'none'"));
    assertEquals(2, count(page, "</script>"));
  }

  @Test
  void itsDataAreTheRuns() throws IOException {
    String page = Files.readString(report);
    Matcher json =
        Pattern.compile("type=\"application/json\">(.*?)</script>", Pattern.DOTALL).matcher(page);
    assertTrue(json.find());
    JsonNode data = RunJson.MAPPER.readTree(json.group(1));
    assertEquals(60, data.get("steps").size());
    assertEquals(1 + 1 + 4 * SmallRun.ITERATIONS, data.get("units").size());
    JsonNode shown = data.get("sources").get(0).get("episodes");
    assertEquals(last.episodes().size(), shown.size());
    JsonNode collected = data.get("sources").get(2).get("episodes").get(0).get("turns").get(0);
    assertTrue(collected.has("target") && collected.has("source"), collected::toString);
    int rewards = 0;
    for (JsonNode count :
        data.get("rewards").get("series").get(SmallRun.ITERATIONS - 1).get("counts")) {
      rewards += count.asInt();
    }
    assertEquals(300 * 4, rewards);
  }

  @Test
  void aHistogramCountsEveryValueOnce() {
    List<Double> values = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      values.add(i % 333 / 7.0);
    }
    Histogram histogram = Histogram.over(values);
    int[] counts = histogram.counts(values);
    assertEquals(20, counts.length);
    assertEquals(1000, Arrays.stream(counts).sum());
    for (int b = 0; b < counts.length; b++) {
      double from = histogram.bins().get(b)[0];
      double to = b + 1 < counts.length ? histogram.bins().get(b + 1)[0] : Double.MAX_VALUE;
      assertEquals(values.stream().filter(v -> v >= from && v < to).count(), counts[b]);
    }
    assertEquals(0, Histogram.over(List.of()).counts(List.of()).length);
  }

  private static int count(String text, String part) {
    return (int) Pattern.compile(Pattern.quote(part)).matcher(text).results().count();
  }
}
