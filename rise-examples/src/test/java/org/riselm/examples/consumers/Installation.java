package org.riselm.examples.consumers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What docs/installation.md tells its readers to write. */
final class Installation {
  private static final Pattern BLOCK =
      Pattern.compile("^```(\\w+)\\n(.*?)^```", Pattern.MULTILINE | Pattern.DOTALL);
  private final String text;

  private Installation(String text) {
    this.text = text;
  }

  /** Reads the page. */
  static Installation read() throws IOException {
    return new Installation(Files.readString(Path.of("..", "docs", "installation.md")));
  }

  /** The snippets in a language, in order. */
  List<String> snippets(String language) {
    return BLOCK
        .matcher(text)
        .results()
        .filter(block -> block.group(1).equals(language))
        .map(block -> block.group(2))
        .toList();
  }

  /** The classifiers in the table of platforms, but for those of a GPU. */
  List<String> classifiers() {
    return Pattern.compile("^\\|.*\\| `([\\w-]+)` \\|", Pattern.MULTILINE)
        .matcher(text)
        .results()
        .map(row -> row.group(1))
        .toList();
  }

  /**
   * The last value that an option of the JVM has on the page, on a platform.
   *
   * @param classifier of the platform: the page says it for {@code linux-x86_64}
   */
  String option(String name, String classifier) {
    List<MatchResult> values =
        Pattern.compile(name + "[ =]\\s*(\\S+)")
            .matcher(text.replace("\\\n", ""))
            .results()
            .toList();
    return values
        .get(values.size() - 1)
        .group(1)
        .replace("linux.x86_64", Matcher.quoteReplacement(classifier.replace('-', '.')));
  }
}
