package org.riselm.core.internal.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.riselm.core.mdp.Episode;
import org.riselm.core.mdp.Problem;
import org.riselm.core.mdp.Response;
import org.riselm.core.mdp.Response.FinishReason;
import org.riselm.core.mdp.Tokens;
import org.riselm.core.mdp.Turn;

/** An episode of two turns of 100 tokens as JSON, and in the journal. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class JournalParts {
  private static final int TOKENS = 100;

  private Episode episode;
  private byte[] json;
  private List<ObjectNode> lines;
  private Path file;
  private Journal journal;

  /** A new journal for every iteration of the benchmark, so that the file stays small. */
  @Setup(Level.Iteration)
  public void open() throws IOException {
    Tokens tokens = Tokens.of(IntStream.range(0, TOKENS).map(i -> 1000 + 37 * i).toArray());
    Response response =
        new Response("8 + 5 = 13, 13 - 2 = 11 ".repeat(12), tokens, FinishReason.STOP);
    episode =
        new Episode(
            Problem.of("gsm8k-17", "Tom has 8 books, gets 5 and gives 2 away. How many?", "11"),
            0,
            List.of(
                Turn.of(response, 0).withFeedback("That is wrong. Try again."),
                Turn.of(response, 1)),
            Episode.EndReason.CORRECT);
    json = RunJson.bytes(episode);
    ObjectNode line = RunJson.MAPPER.createObjectNode().put("kind", "episode");
    line.set("episode", RunJson.MAPPER.valueToTree(episode));
    lines = List.of(line);
    file = Files.createTempFile("rise-parts-", ".jsonl");
    journal = new Journal(file, 0, 0);
  }

  @TearDown(Level.Iteration)
  public void close() throws IOException {
    journal.close();
    Files.delete(file);
  }

  @Benchmark
  public byte[] episodeToJson() {
    return RunJson.bytes(episode);
  }

  @Benchmark
  public Episode episodeFromJson() throws IOException {
    JsonNode read = RunJson.MAPPER.readTree(json);
    return RunJson.read(read, Episode.class);
  }

  /** How long the disk takes, for the most part. */
  @Benchmark
  public long append() {
    journal.append(lines);
    return journal.lines();
  }
}
