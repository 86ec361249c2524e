package org.riselm.core.internal.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.riselm.core.mdp.Episode;
import org.riselm.core.mdp.Episode.EndReason;
import org.riselm.core.mdp.Example;
import org.riselm.core.mdp.Problem;
import org.riselm.core.mdp.Response;
import org.riselm.core.mdp.Response.FinishReason;
import org.riselm.core.mdp.State;
import org.riselm.core.mdp.Tokens;
import org.riselm.core.mdp.Turn;
import org.riselm.core.relabel.Target;

/** The JSON of a run's records: format 1. */
class RunJsonTest {
  private static final Problem PROBLEM =
      new Problem("p", "2 + 2?", "#### 4", Map.of("level", "1", "kind", "sum"));
  private static final Response RESPONSE =
      new Response("It is \"4\".", Tokens.of(7, 300_000), FinishReason.STOP);

  private static String json(Object value) {
    return new String(RunJson.bytes(value), StandardCharsets.UTF_8);
  }

  @Test
  void anEpisodeIsWrittenInFormat1() {
    Turn turn = new Turn(RESPONSE, 1, null, "slow");
    assertEquals(
        "{\"problem\":{\"id\":\"p\",\"prompt\":\"2 + 2?\",\"reference\":\"#### 4\","
            + "\"metadata\":{\"kind\":\"sum\",\"level\":\"1\"}},\"sample\":3,\"turns\":["
            + "{\"response\":{\"text\":\"It is \\\"4\\\".\",\"tokens\":[7,300000],"
            + "\"finish\":\"STOP\"},\"reward\":1.0,\"feedback\":null,\"failure\":\"slow\"}],"
            + "\"endReason\":\"TURN_LIMIT\"}",
        json(new Episode(PROBLEM, 3, List.of(turn), EndReason.TURN_LIMIT)));
  }

  @Test
  void anExampleIsWrittenInFormat1() {
    assertEquals(
        "{\"state\":{\"problem\":{\"id\":\"q\",\"prompt\":\"?\",\"reference\":\"\",\"metadata\":{}},"
            + "\"history\":[],\"turn\":1},\"response\":{\"text\":\"x\",\"tokens\":[],"
            + "\"finish\":\"STOP\"},\"weights\":[-0.25]}",
        json(new Example(State.initial(Problem.of("q", "?", "")), Response.ofText("x"), -0.25)));
  }

  private static String text(Random random) {
    List<String> pieces =
        List.of("a", " ", "\"", "\\", "</script>", "\n", "\u0001", "é", "\u2028", "\uD83D\uDE00");
    StringBuilder text = new StringBuilder("t");
    for (int i = random.nextInt(4); i > 0; i--) {
      text.append(pieces.get(random.nextInt(pieces.size())));
    }
    return text.toString();
  }

  @Property(tries = 200)
  void whatIsWrittenIsReadAgain(@ForAll long seed) throws IOException {
    Random random = new Random(seed);
    Response response =
        new Response(
            text(random),
            Tokens.of(random.ints(random.nextInt(4), 0, 300_000).toArray()),
            FinishReason.LENGTH);
    Turn turn = new Turn(response, random.nextGaussian(), text(random), null);
    Problem problem =
        new Problem(text(random), text(random), text(random), Map.of(text(random), text(random)));
    check(new Episode(problem, random.nextInt(9), List.of(turn, turn), EndReason.TRUNCATED));
    check(new Example(new State(problem, List.of(turn), 2), response, random.nextGaussian()));
    check(new Target(response, random.nextGaussian(), text(random)));
  }

  private static void check(Object value) throws IOException {
    assertEquals(value, RunJson.MAPPER.readValue(RunJson.bytes(value), value.getClass()));
  }
}
