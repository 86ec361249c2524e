package org.riselm.core.internal.math;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.riselm.core.mdp.Problem;
import org.riselm.core.mdp.Verifier;
import org.riselm.core.task.Gsm8kVerifier;
import org.riselm.core.task.MathVerifier;
import org.riselm.core.task.math.AnswerEquivalence;
import org.riselm.core.task.math.AnswerEquivalence.Verdict;

/** Pairs of gold and response whose verdicts were reasoned by hand; each says why. */
class PairsTest {
  private final AnswerEquivalence equivalence = AnswerEquivalence.ofDefaults();
  private final Map<String, Verifier> verifiers =
      Map.of("math", new MathVerifier(), "gsm8k", new Gsm8kVerifier());

  record Pair(String kind, String task, String gold, String pred, boolean equal, String why) {}

  private static List<Pair> pairs() throws Exception {
    List<Pair> pairs = new ArrayList<>();
    try (InputStream in = PairsTest.class.getResourceAsStream("pairs.jsonl")) {
      for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList()) {
        JsonNode json = new ObjectMapper().readTree(line);
        pairs.add(
            new Pair(
                json.get("kind").textValue(),
                json.get("task").textValue(),
                json.get("gold").textValue(),
                json.get("pred").textValue(),
                json.get("equal").booleanValue(),
                json.get("why").textValue()));
      }
    }
    return pairs;
  }

  @Test
  void agreesWithEveryVerdict() throws Exception {
    Map<String, int[]> byKind = new TreeMap<>();
    List<Pair> disagreed = new ArrayList<>();
    for (Pair pair : pairs()) {
      Verifier verifier = requireNonNull(verifiers.get(pair.task()));
      boolean equal = verifier.correct(Problem.of("p", "q", pair.gold()), pair.pred());
      int[] counts = byKind.computeIfAbsent(pair.kind(), k -> new int[2]);
      counts[0] += equal == pair.equal() ? 1 : 0;
      counts[1]++;
      if (equal != pair.equal()) {
        disagreed.add(pair);
      }
    }
    byKind.forEach(
        (kind, n) -> System.out.printf(Locale.ROOT, "%-36s %3d of %3d%n", kind, n[0], n[1]));
    assertTrue(byKind.values().stream().mapToInt(n -> n[1]).sum() >= 2_000);
    assertEquals(15, byKind.size(), byKind.keySet()::toString);
    assertEquals(List.of(), disagreed, () -> "disagrees with " + disagreed.size());
  }

  @Test
  void isSymmetricAndReflexive() throws Exception {
    for (Pair pair : pairs()) {
      assertEquals(
          equivalence.compare(pair.gold(), pair.pred()),
          equivalence.compare(pair.pred(), pair.gold()),
          pair::toString);
      assertEquals(Verdict.EQUAL, equivalence.compare(pair.gold(), pair.gold()), pair::toString);
    }
  }

  @Test
  void everyGoldEqualsItself() throws Exception {
    for (Pair pair : pairs()) {
      Verifier verifier = requireNonNull(verifiers.get(pair.task()));
      Problem problem = Problem.of("p", "q", pair.gold());
      assertTrue(verifier.correct(problem, "\\boxed{" + pair.gold() + "}"), pair::toString);
      assertTrue(verifier.correct(problem, pair.gold()), pair::toString);
    }
  }
}
