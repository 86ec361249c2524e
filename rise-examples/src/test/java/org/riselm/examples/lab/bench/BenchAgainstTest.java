package org.riselm.examples.lab.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class BenchAgainstTest {
  @TempDir Path folder;

  // A program that writes its name into a file and prints JSON behind and before other lines.
  private String program(String name, String numbers) {
    return "echo %s >> %s; echo starting; echo '{\"bench\":\"none\",%s}'; echo done"
        .formatted(name, folder.resolve("order"), numbers);
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void theTwoTakeTurnsAndTheRatiosAreOfTheSameRound() throws Exception {
    String first = program("a", "\"rate\":6,\"mib\":'$(wc -l < " + folder.resolve("order") + ")'");
    String second = program("b", "\"rate\":2,\"mib\":4");
    JsonNode json = run("3", "rate,mib", first, second);
    assertEquals(
        List.of("a", "b", "a", "b", "a", "b"), Files.readAllLines(folder.resolve("order")));
    assertEquals(3, json.at("/rate/ratio").asDouble());
    assertEquals(3, json.at("/mib/first").asDouble());
    assertEquals(0.75, json.at("/mib/ratio").asDouble());
    assertEquals(0.25, json.at("/mib/leastRatio").asDouble());
    assertEquals(1.25, json.at("/mib/largestRatio").asDouble());
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void whatIsMissingIsNamed() {
    String good = program("a", "\"rate\":6");
    assertMessage("no number \"speed\"", "speed", good, good);
    assertMessage("exit code 3", "rate", good, "exit 3");
    assertMessage("no JSON", "rate", "echo nothing", good);
  }

  private static void assertMessage(String part, String key, String first, String second) {
    IOException e = assertThrows(IOException.class, () -> run("1", key, first, second));
    assertTrue(e.getMessage().contains(part), e.getMessage());
  }

  private static JsonNode run(String... args) throws Exception {
    PrintStream before = System.out;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    try {
      BenchAgainst.start(args);
    } finally {
      System.setOut(before);
    }
    List<String> lines = out.toString(StandardCharsets.UTF_8).lines().toList();
    return new ObjectMapper().readTree(lines.get(lines.size() - 1));
  }
}
