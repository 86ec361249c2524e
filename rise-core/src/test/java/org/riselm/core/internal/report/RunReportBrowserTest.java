package org.riselm.core.internal.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.riselm.core.IterationReport;
import org.riselm.core.RiseListener;
import org.riselm.core.RiseTrainer;
import org.riselm.core.WordTask;
import org.riselm.core.evaluation.Evaluation;
import org.riselm.core.evaluation.Interval;
import org.riselm.core.mdp.Episode;
import org.riselm.core.policy.ProgressEvent.TrainingStep;
import org.riselm.core.relabel.Relabelers;
import org.riselm.core.run.Browser;
import org.riselm.core.run.SmallRun;

/** The report as a browser shows it, held against what the trainer told. */
class RunReportBrowserTest {
  @TempDir static Path temp;
  private static final List<TrainingStep> STEPS = new ArrayList<>();
  private static Path report;
  private static Map<Integer, Evaluation> evaluations = Map.of();
  private static List<IterationReport> reports = List.of();
  private static Browser browser;

  @BeforeAll
  static void runAndOpenABrowser() throws Exception {
    browser = Browser.open(temp.resolve("profile")).orElse(null);
    assumeTrue(browser != null, "chromium and chromedriver are not both on the path");
    Path folder = temp.resolve("run");
    RiseListener listener =
        new RiseListener() {
          @Override
          public void stepped(Stepped event) {
            STEPS.add(event.step());
          }
        };
    try (RiseTrainer trainer =
        SmallRun.builder(WordTask.policy()).runDirectory(folder).listener(listener).build()) {
      SmallRun.finish(trainer);
      evaluations = trainer.evaluations();
      reports = trainer.reports();
    }
    report = folder.resolve("report.html");
    // What it did before it had a page to show.
    browser.requests();
    browser.console();
  }

  @AfterAll
  static void closeTheBrowser() throws Exception {
    if (browser != null) {
      browser.close();
    }
  }

  @BeforeEach
  void load() throws Exception {
    browser.screen(1600, 1000, false);
    browser.load(report);
  }

  @AfterEach
  void nothingIsComplainedOfAndNothingLeavesThePage() throws Exception {
    assertEquals(List.of(), browser.console());
    List<String> requests = browser.requests();
    assertFalse(requests.isEmpty(), "the page itself");
    for (String address : requests) {
      // A browser paints its own controls (the cross of a search field) from chrome: addresses.
      assertTrue(address.matches("(file|data|chrome):.*"), address);
    }
  }

  /** The rows of the table of a card, as texts. */
  private static List<List<String>> table(String card) throws Exception {
    JsonNode rows =
        browser.run(
            "const c = [...document.querySelectorAll('section.card')].find(c =>"
                + " c.querySelector('h2').textContent === '"
                + card
                + "'); return [...c.querySelectorAll('tbody tr')].map(r =>"
                + " [...r.children].map(d => d.textContent));");
    List<List<String>> table = new ArrayList<>();
    for (JsonNode row : rows) {
      List<String> cells = new ArrayList<>();
      row.forEach(cell -> cells.add(cell.asText()));
      table.add(cells);
    }
    return table;
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f %%", 100 * share);
  }

  private static String percent(Interval i) {
    return "%s [%s, %s]".formatted(percent(i.estimate()), percent(i.low()), percent(i.high()));
  }

  private static String after(int iteration) {
    return iteration == 0 ? "base" : "iteration " + iteration;
  }

  @Test
  void everyPictureHasItsTable() throws Exception {
    assertEquals(
        "[]",
        browser
            .run(
                "return [...document.querySelectorAll('svg.chart')].filter(s =>"
                    + " !s.closest('section').querySelector('table') ||"
                    + " !s.getAttribute('aria-label')).map(s => s.outerHTML);")
            .toString());
    assertEquals(9, browser.run("return document.querySelectorAll('svg.chart').length").asInt());
  }

  @Test
  void accuraciesAndFlipsAreTheEvaluations() throws Exception {
    List<List<String>> accuracy = table("Accuracy by turn");
    List<List<String>> budget = table("Revising against voting");
    List<List<String>> flips = table("Flips");
    assertEquals(SmallRun.ITERATIONS + 1, accuracy.size());
    for (int k = 0; k <= SmallRun.ITERATIONS; k++) {
      Evaluation e = evaluations.get(k);
      List<String> turns = new ArrayList<>(List.of(after(k)));
      e.accuracyByTurn().forEach(a -> turns.add(percent(a)));
      assertEquals(turns, accuracy.get(k));
      assertEquals(
          List.of(
              after(k),
              percent(e.sequentialVote()),
              percent(e.parallelVote()),
              percent(e.passAtTurns()),
              percent(e.passAtSamples())),
          budget.get(k).subList(0, 5));
      assertEquals(
          List.of(
              after(k),
              percent(e.incorrectToCorrect().estimate()),
              percent(e.correctToIncorrect().estimate())),
          flips.get(k));
    }
  }

  @Test
  void thePointsAreWhereTheirNumbersAre() throws Exception {
    JsonNode drawn =
        browser.run(
            "const s = document.querySelector('svg.chart[aria-label=\"Accuracy by turn\"]');"
                + " return [...s.querySelectorAll('circle')].map(c =>"
                + " [+c.getAttribute('cx'), +c.getAttribute('cy')]);");
    List<Double> expected = new ArrayList<>();
    evaluations.values().forEach(e -> e.accuracyByTurn().forEach(a -> expected.add(a.estimate())));
    assertEquals(expected.size(), drawn.size());
    int low = expected.indexOf(Collections.min(expected));
    int high = expected.indexOf(Collections.max(expected));
    double perUnit =
        (drawn.get(high).get(1).asDouble() - drawn.get(low).get(1).asDouble())
            / (expected.get(high) - expected.get(low));
    assertTrue(perUnit < 0, "higher is up");
    for (int i = 0; i < expected.size(); i++) {
      double y = drawn.get(low).get(1).asDouble() + perUnit * (expected.get(i) - expected.get(low));
      assertEquals(y, drawn.get(i).get(1).asDouble(), 0.01, "point " + i);
    }
  }

  @Test
  void lossesAndRatesAreTheSteps() throws Exception {
    List<List<String>> losses = table("Loss");
    assertEquals(STEPS.size(), losses.size());
    for (int i = 0; i < STEPS.size(); i++) {
      assertEquals(STEPS.get(i).loss(), Double.parseDouble(losses.get(i).get(2)), 1e-3);
      assertEquals(STEPS.get(i).learningRate(), Double.parseDouble(losses.get(i).get(4)), 1e-3);
    }
    assertEquals(losses, table("Learning rate"));
    assertEquals(
        STEPS.size(),
        browser
            .run(
                "return [...document.querySelectorAll('svg.chart[aria-label=\"Loss\"]"
                    + " polyline')].map(l => l.getAttribute('points').split(' ').length)"
                    + ".reduce((a, b) => a + b)")
            .asInt());
  }

  @Test
  void distributionsCountEveryTurnAndEveryExample() throws Exception {
    int turns = 0;
    int examples = 0;
    for (int k = 0; k < SmallRun.ITERATIONS; k++) {
      turns += reports.get(k).collected().turns();
      examples += reports.get(k).weights().examples();
      assertEquals(reports.get(k).collected().turns(), sum(table("Rewards"), k + 2));
      assertEquals(reports.get(k).weights().examples(), sum(table("Weights"), k + 2));
    }
    assertTrue(turns > 0 && examples > 0);
  }

  private static int sum(List<List<String>> table, int column) {
    return table.stream().mapToInt(r -> Integer.parseInt(r.get(column).replace(",", ""))).sum();
  }

  @Test
  void throughputAndMemoryHaveARowForEveryStage() throws Exception {
    int stages = 1 + 4 * SmallRun.ITERATIONS;
    assertEquals(stages, table("Throughput").size());
    assertEquals(stages + 1, table("Memory").size());
  }

  private static boolean right(Episode e, int turn) {
    return e.turns().get(turn).correct();
  }

  @Test
  void theFiltersFindWhatTheyName() throws Exception {
    List<Episode> episodes = evaluations.get(SmallRun.ITERATIONS).episodes();
    Map<String, Predicate<Episode>> kinds =
        Map.of(
            "all", e -> true,
            "fixed", e -> !right(e, 0) && right(e, 4),
            "broken", e -> right(e, 0) && !right(e, 4),
            "never", e -> !e.anyCorrect(),
            "always", e -> e.turns().stream().allMatch(t -> t.correct()));
    assertTrue(episodes.stream().anyMatch(kinds.get("fixed")));
    for (Map.Entry<String, Predicate<Episode>> kind : kinds.entrySet()) {
      browser.run(
          "const s = document.getElementById('outcome'); s.value = '"
              + kind.getKey()
              + "'; s.dispatchEvent(new Event('input'))");
      long expected = episodes.stream().filter(kind.getValue()).count();
      assertEquals(expected + " of 60 episodes", count(), kind.getKey());
      assertEquals(
          Math.min(30, expected),
          browser.run("return document.querySelectorAll('.episode').length").asInt());
    }
  }

  private static String count() throws Exception {
    return browser.run("return document.getElementById('count').textContent").asText();
  }

  @Test
  void anEpisodeShowsItsTurnsAndTheTextFilterFindsIt() throws Exception {
    browser.run(
        "const s = document.getElementById('source'); s.value = [...s.options].find(o =>"
            + " o.textContent.startsWith('collection')).value; s.dispatchEvent(new"
            + " Event('input'))");
    browser.click("#text");
    browser.press("k", "i", "n", "d", " ", "2", ",", " ", "t", "r", "a", "i", "n", " ", "7", "8");
    assertEquals("1 of 300 episodes", count());
    browser.click(".episode summary");
    String text = browser.run("return document.querySelector('.episode').innerText").asText();
    assertTrue(text.contains("kind 2, train 78"), text);
    assertTrue(text.contains("Turn " + (SmallRun.ITERATIONS + 1)), text);
    assertTrue(text.contains("Replaced by"), text);
    assertTrue(text.contains("Feedback: Think again."), text);
  }

  @Test
  void theKeyboardReachesEverything() throws Exception {
    String tab = "\uE004";
    String enter = "\uE007";
    List<String> reached = new ArrayList<>();
    browser.run("document.getElementById('source').focus()");
    for (int i = 0; i < 4; i++) {
      reached.add(
          browser
              .run("return document.activeElement.id || document.activeElement.tagName")
              .asText());
      browser.press(tab);
    }
    assertEquals(List.of("source", "outcome", "text", "SUMMARY"), reached);
    String last = "[...document.querySelectorAll('.episode')].pop()";
    browser.run(last + ".querySelector('summary').focus()");
    browser.press(enter);
    assertTrue(browser.run("return " + last + ".open").asBoolean());
  }

  private static String show(Path run) throws Exception {
    browser.load(run.resolve("report.html"));
    return browser.run("return document.querySelector('main').innerText").asText();
  }

  @Test
  void onlyWhereTheBaseWasEvaluatedThereAreFiguresFromBeforeTraining() throws Exception {
    Path without = temp.resolve("without-base");
    try (RiseTrainer trainer =
        SmallRun.builder(WordTask.policy()).evaluateBase(false).runDirectory(without).build()) {
      trainer.iterate();
    }
    String text = show(without);
    assertTrue(text.contains("after iteration 1"), text);
    assertFalse(text.contains("before"), text);
    Path base = temp.resolve("base");
    try (RiseTrainer trainer = SmallRun.builder(WordTask.policy()).runDirectory(base).build()) {
      trainer.evaluate();
    }
    assertTrue(show(base).contains("before any training"));
    browser.load(report);
    assertTrue(
        browser
            .run("return document.querySelector('main').innerText")
            .asText()
            .contains("before training"));
  }

  @Test
  void withoutAnEvaluationThereIsNoEmptyCard() throws Exception {
    Path run = temp.resolve("unevaluated");
    try (RiseTrainer trainer =
        RiseTrainer.builder(WordTask.policy(), WordTask.problems("train", 20))
            .relabeler(Relabelers.bestOf(2))
            .runDirectory(run)
            .build()) {
      trainer.iterate();
    }
    String text = show(run);
    assertFalse(text.contains("Nothing yet"), text);
    assertFalse(text.contains("Accuracy by turn"), text);
    assertEquals(
        0,
        browser
            .run(
                "return [...document.querySelectorAll('#charts section')].filter(c =>"
                    + " !c.querySelector('svg')).length")
            .asInt());
  }

  @Test
  void ofTwentyIterationsTheBaseTheBestAndTheLastStandInFront() throws Exception {
    Path run = temp.resolve("twenty");
    try (RiseTrainer trainer = SmallRun.builder(WordTask.policy()).runDirectory(run).build()) {
      trainer.evaluate();
      for (int i = 0; i < 20; i++) {
        trainer.iterate();
      }
    }
    show(run);
    String card = "document.querySelector('#charts section')";
    String names =
        browser
            .run("return [..." + card + ".querySelectorAll('.legend span')].map(s => s.innerText)")
            .toString();
    assertTrue(names.contains("base") && names.contains("iteration 20, the last"), names);
    assertTrue(names.contains("best") && names.contains("the other iterations"), names);
    JsonNode widths =
        browser.run(
            "return [..."
                + card
                + ".querySelectorAll('polyline')].map(p =>"
                + " +p.getAttribute('stroke-width'))");
    assertEquals(21, widths.size());
    assertEquals(2, widths.get(20).asInt(), "the last drawn is in front");
    assertEquals(1, widths.get(0).asInt());
    assertEquals(
        0,
        browser
            .run(
                "return [...document.querySelectorAll('.legend')].filter(l =>"
                    + " l.children.length > 5).length")
            .asInt());
  }

  @Test
  void theTableOfIterationsSaysWhatTheConsoleSays() throws Exception {
    List<List<String>> table = table("Iterations");
    assertEquals(SmallRun.ITERATIONS, table.size());
    for (int k = 0; k < SmallRun.ITERATIONS; k++) {
      IterationReport r = reports.get(k);
      List<String> row = table.get(k);
      assertEquals(String.valueOf(r.iteration()), row.get(0));
      assertEquals(percent(r.evaluation().orElseThrow().score()), row.get(1));
      assertEquals(String.valueOf(r.collected().episodes()), row.get(2));
      assertEquals(String.format(Locale.ROOT, "%,d", r.collected().turns()), row.get(3));
      assertEquals(r.collected().meanReward(), Double.parseDouble(row.get(4)), 1e-4);
      assertEquals(
          percent((double) r.collected().correct() / r.collected().episodes()), row.get(5));
      assertEquals(String.valueOf(r.collected().truncated()), row.get(6));
      assertEquals(String.valueOf(r.collected().failures()), row.get(8));
      assertEquals(
          r.relabeled().bySource().entrySet().stream()
              .map(e -> String.format(Locale.ROOT, "%s %,d", e.getKey(), e.getValue()))
              .toList(),
          List.of(row.get(9).split(", ", -1)));
      assertEquals(String.valueOf(r.training().steps()), row.get(12));
      assertEquals(String.valueOf(r.training().skipped()), row.get(13));
    }
  }

  @Test
  void anEvaluatedEpisodeHasItsProblemAndItsVotes() throws Exception {
    browser.run("document.querySelectorAll('.episode').forEach(e => e.open = true)");
    String text = browser.run("return document.querySelector('.episode').innerText").asText();
    assertTrue(text.contains("Problem held-out"), text);
    assertTrue(text.contains("Votes of 5 turns: answer "), text);
    assertTrue(text.contains("Votes of 5 first responses: answer "), text);
  }

  @ParameterizedTest
  @CsvSource({"360, false", "360, true", "1600, false", "1600, true"})
  void itFitsTheScreenInBothSchemes(int width, boolean dark) throws Exception {
    browser.screen(width, 900, dark);
    browser.load(report);
    assertEquals(width, browser.run("return innerWidth").asInt());
    assertEquals(
        browser.run("return document.documentElement.clientWidth"),
        browser.run("return document.documentElement.scrollWidth"),
        "it scrolls sideways");
    assertEquals(
        dark, browser.run("return matchMedia('(prefers-color-scheme: dark)').matches").asBoolean());
    double light =
        browser
            .run(
                "return getComputedStyle(document.body).backgroundColor.match(/\\d+/g)"
                    + ".map(Number).reduce((a, b) => a + b) / 765")
            .asDouble();
    assertEquals(dark, light < 0.5, "the page is " + light);
    assertNotEquals(
        browser.run("return getComputedStyle(document.body).color").asText(),
        browser.run("return getComputedStyle(document.body).backgroundColor").asText());
    // For people to look at.
    Path shots = Files.createDirectories(Path.of("target", "report"));
    browser.screenshot(shots.resolve(width + (dark ? "-dark.png" : "-light.png")));
  }
}
