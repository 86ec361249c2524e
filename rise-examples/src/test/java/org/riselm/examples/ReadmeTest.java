package org.riselm.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.base.Ascii;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ReadmeTest {
  // The tests run in their module's folder.
  private static final Path ROOT = Path.of("").toAbsolutePath().getParent();

  private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
  private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.+)$");

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

  /** Links of README and every other document, to files and to headings in them. */
  @Test
  void localLinksLeadSomewhere() throws IOException {
    List<Path> documents;
    try (Stream<Path> top = Files.list(ROOT);
        Stream<Path> docs = Files.walk(ROOT.resolve("docs"))) {
      documents = Stream.concat(top, docs).filter(f -> f.toString().endsWith(".md")).toList();
    }
    int links = 0;
    for (Path document : documents) {
      for (String link : found(LINK, Files.readString(document))) {
        if (link.startsWith("https://")) {
          continue;
        }
        int hash = (link + "#").indexOf('#');
        Path file =
            hash == 0 ? document : document.resolveSibling(link.substring(0, hash)).normalize();
        String where = document + " has a link to " + link;
        assertTrue(Files.exists(file), where);
        if (hash < link.length()) {
          List<String> headings =
              found(HEADING, Files.readString(file)).stream().map(ReadmeTest::fragment).toList();
          assertTrue(headings.contains(link.substring(hash + 1)), () -> where + " of " + headings);
        }
        links++;
      }
    }
    assertTrue(links > 100, "found " + links);
  }

  private static List<String> found(Pattern pattern, String text) {
    return pattern.matcher(text).results().map(m -> m.group(1)).toList();
  }

  /** A heading as links name it. */
  private static String fragment(String heading) {
    return Ascii.toLowerCase(heading).replaceAll("[^\\w\\- ]", "").replace(' ', '-');
  }
}
