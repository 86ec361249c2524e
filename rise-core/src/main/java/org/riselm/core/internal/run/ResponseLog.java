package org.riselm.core.internal.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.riselm.core.policy.Completion;
import org.riselm.core.policy.Query;
import org.riselm.core.run.RunException;

/**
 * What policies answered in the unit in flight, batch by batch, in {@code responses.jsonl}: a
 * killed process need not ask again. A batch is known by its policy's name and the seeds of its
 * queries.
 */
final class ResponseLog implements AutoCloseable {
  static final String NAME = "responses.jsonl";

  /** What is sampled in less is sampled again more cheaply than written. */
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(1);

  private final Journal journal;
  private final BackgroundWriter background;
  private final long waitNanos;
  private final Map<String, List<Completion>> found = new HashMap<>();
  private long units;
  private List<ObjectNode> waiting = new ArrayList<>();
  private long writtenAt = System.nanoTime();

  private ResponseLog(Path file, long units, BackgroundWriter background, Duration wait)
      throws IOException {
    this.units = units;
    this.background = background;
    this.waitNanos = wait.toNanos();
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

  /**
   * The answers in {@code folder}, of the unit that follows {@code units} others.
   *
   * @param background writes them
   * @param interval between two checkpoints: answers wait no longer, and a second at most
   */
  static ResponseLog open(Path folder, long units, BackgroundWriter background, Duration interval)
      throws IOException {
    Duration wait = interval.compareTo(LONGEST_WAIT) < 0 ? interval : LONGEST_WAIT;
    return new ResponseLog(folder.resolve(NAME), units, background, wait);
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
  Optional<List<Completion>> find(String policy, List<Query> batch) {
    return Optional.ofNullable(found.get(key(policy, seeds(batch))));
  }

  /**
   * Keeps {@code completions}, the answers of {@code policy} to {@code batch}; see {@link #open}.
   */
  void add(String policy, List<Query> batch, List<Completion> completions) {
    ObjectNode line = RunJson.MAPPER.createObjectNode();
    line.put("after", units).put("policy", policy).put("seeds", seeds(batch));
    line.set("completions", RunJson.array(completions));
    waiting.add(line);
    if (System.nanoTime() - writtenAt >= waitNanos) {
      write();
    }
  }

  /** Writes, soon, what waits for it. */
  void write() {
    List<ObjectNode> lines = waiting;
    waiting = new ArrayList<>();
    writtenAt = System.nanoTime();
    if (!lines.isEmpty()) {
      background.add(() -> journal.append(lines));
    }
  }

  /** Forgets everything: the unit that the answers were for is complete. None is being written. */
  void clear(long units) {
    this.units = units;
    found.clear();
    waiting.clear();
    try {
      if (journal.lines() > 0) {
        journal.cut(0, 0);
      }
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
