package org.riselm.core.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.riselm.core.policy.Completion;
import org.riselm.core.policy.Query;

/**
 * The policy's answers in the unit in flight, batch by batch, in {@code answers.jsonl}: what a
 * killed process need not sample again. A batch is known by the seeds of its queries.
 */
final class Answers implements AutoCloseable {
  static final String NAME = "answers.jsonl";

  private final Journal journal;
  private final Map<String, List<Completion>> found = new HashMap<>();
  private long units;

  private Answers(Path file, long units) throws IOException {
    this.units = units;
    long lines = 0;
    long end = 0;
    if (Files.exists(file)) {
      // Whatever is damaged or of another unit is sampled again.
      Journal.Extent good = Journal.read(file, 0, Long.MAX_VALUE, 0, line -> take(line.json()));
      lines = good.lines();
      end = good.end();
    }
    this.journal = new Journal(file, lines, end);
  }

  /** The answers in {@code folder}, of the unit that follows {@code units} others. */
  static Answers open(Path folder, long units) throws IOException {
    return new Answers(folder.resolve(NAME), units);
  }

  private void take(JsonNode line) {
    if (line.path("after").asLong(-1) != units) {
      return;
    }
    found.put(
        line.path("seeds").asText(),
        List.of(RunJson.read(line.path("completions"), Completion[].class)));
  }

  /** The answers to {@code batch}, if they were kept. */
  Optional<List<Completion>> to(List<Query> batch) {
    return Optional.ofNullable(found.get(seeds(batch)));
  }

  /** Keeps {@code completions}, the answers to {@code batch}. */
  void keep(List<Query> batch, List<Completion> completions) {
    ObjectNode line = RunJson.MAPPER.createObjectNode();
    line.put("after", units).put("seeds", seeds(batch));
    line.set("completions", RunDirectory.tree(completions));
    journal.append(List.of(line));
  }

  /** Forgets everything: the unit that the answers were for is complete. */
  void clear(long units) {
    this.units = units;
    found.clear();
    try {
      journal.cut(0, 0);
    } catch (IOException e) {
      throw new RunException(NAME + ": could not empty it: " + e, e);
    }
  }

  private static String seeds(List<Query> batch) {
    return Arrays.toString(batch.stream().mapToLong(Query::seed).toArray());
  }

  @Override
  public void close() throws IOException {
    journal.close();
  }
}
