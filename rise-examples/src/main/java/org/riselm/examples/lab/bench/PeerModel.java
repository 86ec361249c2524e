package org.riselm.examples.lab.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.riselm.core.mdp.Problem;
import org.riselm.examples.lab.bench.ModelWork.Sampled;
import org.riselm.examples.lab.bench.ModelWork.Trained;

/**
 * A model in another library: a program that does the work that lines of JSON on its input ask for,
 * one at a time, as {@code bench/model_peers.py} does. Its process lives until this is closed.
 */
final class PeerModel implements ModelWork {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final String name;
  private final String command;
  private final Process process;
  private final PrintStream to;
  private final BufferedReader from;

  /**
   * Starts the program.
   *
   * @param named its name for the output, an equals sign, and a command for the shell
   */
  PeerModel(String named) throws IOException {
    int at = named.indexOf('=');
    if (at < 1) {
      throw new IOException("a peer is NAME=COMMAND, and not " + named);
    }
    this.name = named.substring(0, at);
    this.command = named.substring(at + 1);
    this.process =
        new ProcessBuilder("sh", "-c", "exec " + command)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    this.to = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
    this.from =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Sampled sample(List<Problem> problems, int response) throws IOException {
    ObjectNode work = JSON.createObjectNode().put("work", "sample").put("newTokens", response);
    problems.forEach(p -> work.withArray("prompts").add(p.prompt()));
    long start = System.nanoTime();
    JsonNode done = ask(work);
    return new Sampled(
        done.path("tokens").asLong(),
        (System.nanoTime() - start) / 1e9,
        done.path("cpuSeconds").asDouble());
  }

  @Override
  public Trained train(List<Problem> problems, int steps) throws IOException {
    ObjectNode work = JSON.createObjectNode().put("work", "train").put("steps", steps);
    problems.forEach(p -> work.withArray("examples").addArray().add(p.prompt()).add(p.reference()));
    JsonNode done = ask(work);
    return new Trained(
        done.path("tokens").asLong(),
        List.of(JSON.treeToValue(done.path("seconds"), Double[].class)),
        List.of(JSON.treeToValue(done.path("cpuSeconds"), Double[].class)));
  }

  private JsonNode ask(ObjectNode work) throws IOException {
    to.println(work);
    String line = from.readLine();
    if (line == null || !line.startsWith("{")) {
      throw new IOException("the peer %s answered %s; it is: %s".formatted(name, line, command));
    }
    return JSON.readTree(line);
  }

  @Override
  public void close() {
    to.close();
    process.destroy();
  }
}
