package org.riselm.examples.lab.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.riselm.examples.Arguments;

/**
 * Two programs side by side: runs one, then the other, then the first again, and so on, so that
 * what disturbs the machine disturbs both; and compares numbers of the JSON that each prints.
 *
 * <pre>run BenchAgainst ROUNDS KEY[,KEY…] COMMAND COMMAND</pre>
 *
 * <p>A command is a line for the shell; the last line of its output that begins with a brace is its
 * JSON object. A key names a number that both objects have. Of every key the median of both sides
 * is printed, and of the rounds' ratios (first ÷ second) the median, the least and the largest; at
 * the end all of it as a line of JSON.
 */
public final class BenchAgainst {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static final String USAGE =
      """
      Usage: run BenchAgainst ROUNDS KEYS COMMAND COMMAND
        KEYS      numbers in the JSON that the commands print, with commas between them
      """;

  private BenchAgainst() {}

  /** Measures, and prints. */
  public static void main(String[] args) {
    Arguments.run(USAGE, args, given -> given, BenchAgainst::start);
  }

  static void start(String[] args) throws IOException {
    Arguments.requireCount(args, 4, 4, "rounds, keys, a command and another");
    int rounds = Arguments.wholeNumber(args, 0, "the number of rounds", 0);
    Map<String, Comparison> comparisons = new LinkedHashMap<>();
    for (String key : args[1].split(",", -1)) {
      comparisons.put(key, new Comparison(new ArrayList<>(), new ArrayList<>()));
    }
    for (int round = 1; round <= rounds; round++) {
      JsonNode first = run(args[2]);
      JsonNode second = run(args[3]);
      for (Map.Entry<String, Comparison> e : comparisons.entrySet()) {
        Comparison c = e.getValue();
        c.first().add(number(first, e.getKey(), args[2]));
        c.second().add(number(second, e.getKey(), args[3]));
        System.err.printf(
            "round %d of %d: %s %s%n", round, rounds, e.getKey(), c.last().describe());
      }
    }
    ObjectNode out = JSON.createObjectNode();
    out.put("bench", "against").put("rounds", rounds).put("first", args[2]).put("second", args[3]);
    comparisons.forEach(
        (key, c) -> {
          System.out.println(key + " " + c.describe());
          c.into(out.putObject(key));
        });
    System.out.println(out);
  }

  private static JsonNode run(String command) throws IOException {
    boolean windows = System.getProperty("os.name", "").startsWith("Windows");
    Process process =
        new ProcessBuilder(windows ? List.of("cmd", "/c", command) : List.of("sh", "-c", command))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    Optional<String> json;
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      json = lines.lines().filter(line -> line.startsWith("{")).reduce((a, b) -> b);
    }
    int code;
    try {
      code = process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while this ran: " + command, e);
    }
    if (code != 0) {
      throw new IOException("exit code " + code + " of: " + command);
    }
    return JSON.readTree(json.orElseThrow(() -> new IOException("no JSON from: " + command)));
  }

  private static double number(JsonNode json, String key, String command) throws IOException {
    JsonNode value = json.path(key);
    if (!value.isNumber()) {
      throw new IOException(
          "the JSON has no number \"%s\", but %s; of: %s".formatted(key, json, command));
    }
    return value.asDouble();
  }
}
