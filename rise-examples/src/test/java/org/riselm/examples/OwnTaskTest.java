package org.riselm.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.riselm.core.mdp.Problem;
import org.riselm.core.task.ProblemSet;

class OwnTaskTest {
  @Test
  void isUnderSixtyLines() throws IOException {
    Path source = Path.of("src/main/java/org/riselm/examples/OwnTask.java");
    assertTrue(Files.readAllLines(source).size() < 60);
  }

  @Test
  void verifies() {
    ProblemSet set = OwnTask.problems(1, 9);
    assertEquals(8, set.size());
    Problem five = set.problems().get(4);
    for (String right : new String[] {"101", "It is 101", "so:\n0101 "}) {
      assertTrue(set.verifier().correct(five, right), right);
    }
    for (String wrong : new String[] {"", "5", "1010", "It is 101, I think"}) {
      assertFalse(set.verifier().correct(five, wrong), wrong);
    }
  }

  @Test
  void reportsAPolicyThatRevises() {
    PrintStream console = System.out;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
      OwnTask.main(new String[0]);
    } finally {
      System.setOut(console);
    }
    String printed = bytes.toString(StandardCharsets.UTF_8);
    assertTrue(printed.contains("100.0"), printed);
  }
}
