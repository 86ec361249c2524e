package org.riselm.examples.lab.study;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.riselm.core.evaluation.EvaluationLog;
import org.riselm.core.internal.run.RunJson;
import org.riselm.examples.lab.toy.ToyExercise.Size;

/**
 * What one run of an arm came to after one iteration: a line of its result file.
 *
 * @param arm its name
 * @param size of the model
 * @param seed of everything
 * @param iteration after which the evaluation was made; 0 is the base
 * @param oracle whether the feedback of the evaluation told right from wrong
 * @param trainedTokens that training put through the model so far, without the base's
 * @param sampledTokens that were drawn for training so far
 * @param seconds the whole run took so far
 * @param log every answer of the evaluation
 */
public record Line(
    String arm,
    Size size,
    long seed,
    int iteration,
    boolean oracle,
    long trainedTokens,
    long sampledTokens,
    double seconds,
    EvaluationLog log) {

  /** The file of one run. */
  public static Path file(Path folder, Size size, long seed, String arm) {
    return folder.resolve("%s-seed-%d-%s.jsonl".formatted(size, seed, arm));
  }

  /** Writes the lines of one run; the file appears whole or not at all. */
  public static void write(Path file, List<Line> lines) throws IOException {
    StringBuilder text = new StringBuilder();
    for (Line line : lines) {
      text.append(RunJson.MAPPER.writeValueAsString(line)).append('\n');
    }
    Path draft = file.resolveSibling(file.getFileName() + ".draft");
    Files.writeString(draft, text);
    Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /**
   * The lines of all runs in {@code folder}.
   *
   * @throws IOException naming the file, if one is not what {@link #write} wrote
   */
  public static List<Line> readAll(Path folder) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.list(folder)) {
      files = all.filter(p -> p.toString().endsWith(".jsonl")).sorted().toList();
    }
    List<Line> lines = new ArrayList<>();
    for (Path file : files) {
      for (String line : Files.readAllLines(file)) {
        try {
          lines.add(RunJson.MAPPER.readValue(line, Line.class));
        } catch (JsonProcessingException e) {
          throw new IOException(
              file + ": it is no result of the study: " + e.getOriginalMessage(), e);
        }
      }
    }
    return lines;
  }
}
