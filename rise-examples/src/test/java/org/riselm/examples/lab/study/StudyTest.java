package org.riselm.examples.lab.study;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.riselm.core.evaluation.Metric;
import org.riselm.examples.lab.toy.ToyExercise.Size;

class StudyTest {
  @TempDir Path temp;

  @Test
  void runsAreWrittenReadAndReported() throws Exception {
    for (long seed = 0; seed < 2; seed++) {
      try (Lab lab = new Lab(temp.resolve("bases"), Lab.Scale.tiny(), Size.STANDARD, seed)) {
        for (Arm arm : List.of(Arm.BASE, Arm.UNIFORM, Arm.OFF_POLICY)) {
          Files.createDirectories(temp.resolve("runs"));
          Line.write(
              Line.file(temp.resolve("runs"), Size.STANDARD, seed, arm.label()),
              lab.run(temp.resolve("bases"), arm));
        }
      }
    }
    List<Line> lines = Line.readAll(temp.resolve("runs"));
    assertEquals(6, lines.size());
    for (Line line : lines) {
      assertEquals(20, line.log().entries().size());
      assertEquals(line.iteration() == 0, line.trainedTokens() == 0);
      Metric.named("p25@t1").values(line.log());
    }
    new StudyReport(lines).write(temp.resolve("report"));
    String text = Files.readString(temp.resolve("report").resolve("study.md"));
    assertEquals(6, text.lines().filter(l -> l.matches("\\| 58 k \\| [01] \\| .*")).count());
    assertTrue(text.contains("2 seeds, 6 runs, 6 evaluations"), text);
    for (String picture : List.of("turns.svg", "budget.svg")) {
      assertNotNull(
          DocumentBuilderFactory.newInstance()
              .newDocumentBuilder()
              .parse(temp.resolve("report").resolve(picture).toFile()));
    }
  }

  @Test
  void anArmBeginsWithTheBaseAndRepeats() throws IOException {
    try (Lab lab = new Lab(temp, Lab.Scale.tiny(), Size.SMALL, 1)) {
      List<Line> base = lab.run(temp, Arm.BASE);
      List<Line> first = lab.run(temp, Arm.SUPERVISED);
      assertEquals(base.get(0).log(), lab.run(temp, Arm.BASE).get(0).log());
      assertEquals(first.get(0).log(), lab.run(temp, Arm.SUPERVISED).get(0).log());
    }
  }

  @Test
  void theIntervalIsStudents() {
    // Mean 3, standard error √(2.5 / 5), four degrees of freedom.
    Spread spread = Spread.of(new double[] {1, 2, 3, 4, 5});
    assertEquals(3, spread.mean());
    assertEquals(2.776 * Math.sqrt(0.5), spread.half(), 1e-9);
    assertTrue(Double.isNaN(Spread.of(new double[] {1}).half()));
  }
}
