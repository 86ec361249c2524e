package org.riselm.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ReadmeTest {
  // The tests run in their module's folder.
  private static final Path ROOT = Path.of("").toAbsolutePath().getParent();

  private static List<String> blocks(String language) throws IOException {
    String readme = Files.readString(ROOT.resolve("README.md"));
    return Pattern.compile("^```" + language + "\\R(.*?)^```", Pattern.MULTILINE | Pattern.DOTALL)
        .matcher(readme)
        .results()
        .map(MatchResult::group)
        .map(block -> block.replaceAll("(?m)^```.*\\R?", ""))
        .toList();
  }

  @Test
  void theFirstCommandStartsTheQuickstartAndTheSecondIsWhatContinuousIntegrationRuns()
      throws IOException {
    List<String> commands = blocks("sh");
    assertTrue(
        commands.get(0).endsWith("rise-examples/run " + Quickstart.class.getSimpleName() + "\n"),
        commands.get(0));
    List<String> script = Files.readAllLines(ROOT.resolve(".ci/run"));
    assertEquals(commands.get(1).strip(), script.get(script.size() - 1));
  }

  @Test
  void localLinksLeadSomewhere() throws IOException {
    String readme = Files.readString(ROOT.resolve("README.md"));
    List<String> links =
        Pattern.compile("\\]\\(([^)]+)\\)").matcher(readme).results().map(m -> m.group(1)).toList();
    assertTrue(links.size() > 3, "found " + links);
    for (String link : links) {
      assertTrue(link.startsWith("https://") || Files.exists(ROOT.resolve(link)), link);
    }
  }
}
