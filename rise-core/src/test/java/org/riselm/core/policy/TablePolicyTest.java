package org.riselm.core.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.riselm.core.mdp.Example;
import org.riselm.core.mdp.Problem;
import org.riselm.core.mdp.Response;
import org.riselm.core.mdp.State;
import org.riselm.core.mdp.Turn;

class TablePolicyTest extends TrainablePolicyContract {
  private static final List<String> WORDS = List.of("red", "green", "blue", "grey");

  private static State state(String id, String... attempts) {
    List<Turn> history =
        List.of(attempts).stream()
            .map(a -> Turn.of(Response.ofText(a), 0).withFeedback("Try again."))
            .toList();
    return new State(Problem.of(id, "color of " + id, "red"), history, history.size() + 1);
  }

  @Override
  protected TablePolicy createPolicy() {
    return new TablePolicy(WORDS, TablePolicy::promptAndLastAttempt);
  }

  @Override
  protected List<State> states() {
    return List.of(state("a"), state("b"), state("a", "green"), state("a", "red", "blue"));
  }

  @Override
  protected TrainingOptions training() {
    return TrainingOptions.builder().learningRate(2).steps(100).build();
  }

  @Override
  protected List<Example> examples() {
    return List.of(
        new Example(state("a"), Response.ofText("red"), 1),
        new Example(state("b"), Response.ofText("blue"), 1),
        new Example(state("a", "green"), Response.ofText("grey"), 1));
  }

  @Override
  protected Example invalidExample() {
    return new Example(state("odd"), Response.ofText("purple"), 1);
  }

  @Test
  void drawsFollowTheProbabilities() {
    TablePolicy policy = createPolicy();
    policy.train(
        List.of(new Example(state("a"), Response.ofText("red"), 1)),
        TrainingOptions.builder().learningRate(0.5).steps(4).build(),
        ProgressListener.NONE);
    double expected = policy.probability(state("a"), "red");
    int draws = 20_000;
    List<Query> queries =
        LongStream.range(0, draws).mapToObj(s -> new Query(state("a"), s)).toList();
    long red =
        policy.complete(queries, SamplingOptions.ofMaxNewTokens(1)).stream()
            .filter(c -> c.response().text().equals("red"))
            .count();
    // Five standard errors of a proportion.
    double tolerance = 5 * Math.sqrt(expected * (1 - expected) / draws);
    assertTrue(expected > 0.3 && expected < 0.9, () -> "p " + expected);
    assertEquals(expected, red / (double) draws, tolerance);
  }

  @Test
  void weightBelowZeroTeachesAway() {
    TablePolicy policy = createPolicy();
    policy.train(
        List.of(new Example(state("a"), Response.ofText("red"), -1)),
        TrainingOptions.builder().learningRate(1).steps(3).build(),
        ProgressListener.NONE);
    assertTrue(policy.probability(state("a"), "red") < 0.25);
    assertEquals(0.25, policy.probability(state("b"), "red"), 1e-12);
  }

  @Test
  void topPKeepsTheFewestThatReachIt(@TempDir Path folder) throws IOException {
    Files.writeString(
        folder.resolve("table.json"),
        "{\"format\":1,\"responses\":[\"red\",\"green\",\"blue\",\"grey\"],\"logits\":"
            + "{\"color of a\":[0,1,2,3]}}");
    TablePolicy policy = createPolicy();
    policy.restore(folder);
    // softmax(0, 1, 2, 3) = .032 .087 .237 .644: grey and blue reach 0.8, grey alone 0.6.
    assertEquals(List.of("blue", "grey"), reachable(policy, 0.8));
    assertEquals(List.of("grey"), reachable(policy, 0.6));
    assertEquals(List.of("blue", "green", "grey", "red"), reachable(policy, 1));
  }

  private static List<String> reachable(TablePolicy policy, double topP) {
    List<Query> queries = LongStream.range(0, 500).mapToObj(s -> new Query(state("a"), s)).toList();
    return policy
        .complete(queries, SamplingOptions.ofMaxNewTokens(1).toBuilder().topP(topP).build())
        .stream()
        .map(c -> c.response().text())
        .distinct()
        .sorted()
        .toList();
  }

  @Test
  void restoreRefusesAnotherTable(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("table.json");
    Files.writeString(file, "{\"format\":1,\"responses\":[\"x\"],\"logits\":{}}");
    IOException e = assertThrows(IOException.class, () -> createPolicy().restore(folder));
    assertTrue(e.getMessage().contains("table.json") && e.getMessage().contains("[x]"));
    Files.writeString(file, "{\"format\":");
    e = assertThrows(IOException.class, () -> createPolicy().restore(folder));
    assertTrue(e.getMessage().contains("table.json"));
  }

  @Test
  void responsesMustBeDistinct() {
    assertThrows(
        IllegalArgumentException.class, () -> new TablePolicy(List.of("a", "a"), s -> "k"));
    assertThrows(IllegalArgumentException.class, () -> new TablePolicy(List.of(), s -> "k"));
  }
}
