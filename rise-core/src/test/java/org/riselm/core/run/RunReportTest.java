package org.riselm.core.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.base.Splitter;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.riselm.core.RiseListener;
import org.riselm.core.RiseTrainer;
import org.riselm.core.WordTask;
import org.riselm.core.evaluation.Evaluation;
import org.riselm.core.mdp.Episode;

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
  void theReportIsThereAfterEveryPhase() {
    assertFalse(REPORT_AFTER_PHASE.contains(false));
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
    for (JsonNode bin : data.get("rewards")) {
      rewards += bin.get(2).asInt();
    }
    assertEquals(300 * 4, rewards);
  }

  @Test
  void aHistogramCountsEveryValueOnce() {
    List<Double> values = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      values.add(i % 333 / 7.0);
    }
    List<double[]> bins = Histogram.of(values);
    assertEquals(20, bins.size());
    assertEquals(1000, bins.stream().mapToDouble(b -> b[2]).sum());
    assertEquals(List.of(), Histogram.of(List.of()));
  }

  @Test
  void aBrowserDrawsItAndItsFiltersWork() throws Exception {
    Optional<Path> chromium = chromium();
    assumeTrue(chromium.isPresent(), "no Chromium on the path");
    String page = Files.readString(report);
    long fixed = last.episodes().stream().filter(e -> !success(e, 0) && success(e, 4)).count();
    for (String kind : List.of("all", "fixed")) {
      Path copy = temp.resolve(kind + ".html");
      String select =
          "<script>const s = document.getElementById('outcome'); s.value = '"
              + kind
              + "'; s.dispatchEvent(new Event('input'));</script></body>";
      Files.writeString(copy, page.replace("</body>", select));
      String dom = dom(chromium.get(), copy);
      assertEquals(9, count(dom, "<svg"), "pictures");
      assertEquals(9, count(dom, "<summary>The numbers"), "their tables");
      long expected = kind.equals("all") ? 60 : fixed;
      assertTrue(dom.contains(expected + " of 60 episodes"), kind);
      String turn5 =
          String.format(Locale.ROOT, "%.1f %%", 100 * last.accuracyByTurn().get(4).estimate());
      assertTrue(dom.contains(turn5), turn5);
    }
  }

  private static int count(String text, String part) {
    return (int) Pattern.compile(Pattern.quote(part)).matcher(text).results().count();
  }

  private static boolean success(Episode episode, int turn) {
    return episode.turns().get(turn).success();
  }

  private static Optional<Path> chromium() {
    return Splitter.on(File.pathSeparatorChar)
        .splitToStream(System.getenv().getOrDefault("PATH", ""))
        .map(folder -> Path.of(folder, "chromium"))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** The page as the browser has it after its scripts; fails on any error in its console. */
  private static String dom(Path chromium, Path page) throws Exception {
    Path out = temp.resolve("dom.html");
    Path log = temp.resolve("chromium.log");
    Process browser =
        new ProcessBuilder(
                chromium.toString(),
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--enable-logging=stderr",
                "--user-data-dir=" + temp.resolve("profile"),
                "--dump-dom",
                page.toUri().toString())
            .redirectOutput(out.toFile())
            .redirectError(log.toFile())
            .start();
    assertTrue(browser.waitFor(60, TimeUnit.SECONDS), "the browser hangs");
    assertFalse(Files.readString(log).contains("CONSOLE"), Files.readString(log));
    return Files.readString(out);
  }
}
