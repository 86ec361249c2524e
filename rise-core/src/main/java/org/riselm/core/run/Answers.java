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
 * What policies answered in the unit in flight, batch by batch, in {@code answers.jsonl}: a killed
 * process need not ask again. A batch is known by its policy's name and the seeds of its queries.
 */
final class Answers implements AutoCloseable {
  static final String NAME = "answers.jsonl";

  private static final long SYNC_NANOS = 1_000_000_000L;

  private final Journal journal;
  private final Background background;
  private final Map<String, List<Completion>> found = new HashMap<>();
  private long units;
  private long syncedAt = System.nanoTime();

  private Answers(Path file, long units, Background background) throws IOException {
    this.units = units;
    this.background = background;
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
  static Answers open(Path folder, long units, Background background) throws IOException {
    return new Answers(folder.resolve(NAME), units, background);
  }

  private void take(JsonNode line) {
    if (line.path("after").asLong(-1) != units) {
      return;
    }
    found.put(
        key(line.path("policy").asText("learner"), line.path("seeds").asText()),
        List.of(RunJson.read(line.path("completions"), Completion[].class)));
  }

  /** The answers of {@code policy} to {@code batch}, if they were kept. */
  Optional<List<Completion>> of(String policy, List<Query> batch) {
    return Optional.ofNullable(found.get(key(policy, seeds(batch))));
  }

  /** Keeps {@code completions}, the answers of {@code policy} to {@code batch}, soon. */
  void keep(String policy, List<Query> batch, List<Completion> completions) {
    ObjectNode line = RunJson.MAPPER.createObjectNode();
    line.put("after", units).put("policy", policy).put("seeds", seeds(batch));
    line.putPOJO("completions", completions);
    background.add(() -> write(line));
  }

  private void write(ObjectNode line) {
    // What a power loss takes is sampled again, so the disk need not be waited for each time.
    boolean sync = System.nanoTime() - syncedAt >= SYNC_NANOS;
    journal.append(List.of(line), sync);
    if (sync) {
      syncedAt = System.nanoTime();
    }
  }

  /** Forgets everything: the unit that the answers were for is complete, and all are written. */
  void clear(long units) {
    this.units = units;
    found.clear();
    try {
      journal.cut(0, 0);
    } catch (IOException e) {
      throw new RunException(NAME + ": could not empty it: " + e, e);
    }
  }

  private static String key(String policy, String seeds) {
    return policy + " " + seeds;
  }

  private static String seeds(List<Query> batch) {
    return Arrays.toString(batch.stream().mapToLong(Query::seed).toArray());
  }

  @Override
  public void close() throws IOException {
    journal.close();
  }
}
