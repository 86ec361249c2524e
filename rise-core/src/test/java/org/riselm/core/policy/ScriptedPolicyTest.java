package org.riselm.core.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.riselm.core.mdp.Problem;
import org.riselm.core.mdp.Response;
import org.riselm.core.mdp.Response.FinishReason;
import org.riselm.core.mdp.State;
import org.riselm.core.mdp.Turn;

class ScriptedPolicyTest {
  private static final State STATE = State.initial(Problem.of("p", "what?", "x"));

  @Test
  void answersInOrder() {
    Policy policy = new ScriptedPolicy((state, seed) -> "turn " + state.turn() + " seed " + seed);
    State second =
        new State(STATE.problem(), List.of(Turn.of(Response.ofText("a"), 0).withFeedback("no")), 2);
    List<Completion> said =
        policy.complete(
            List.of(new Query(STATE, 7), new Query(second, 8)), SamplingOptions.ofMaxNewTokens(9));
    assertEquals("turn 1 seed 7", said.get(0).response().text());
    assertEquals("turn 2 seed 8", said.get(1).response().text());
  }

  @Test
  void cutsAtTheLimit() {
    Policy policy = new ScriptedPolicy((state, seed) -> "one two three");
    Response said =
        policy
            .complete(List.of(new Query(STATE, 0)), SamplingOptions.ofMaxNewTokens(2))
            .get(0)
            .response();
    assertEquals("one two", said.text());
    assertEquals(FinishReason.LENGTH, said.finish());
  }

  @Test
  void aScriptThatThrowsFailsThatQueryOnly() {
    Policy policy =
        new ScriptedPolicy(
            (state, seed) -> {
              if (seed == 1) {
                throw new IllegalStateException("no answer today");
              }
              return "fine";
            });
    List<Completion> said =
        policy.complete(
            List.of(new Query(STATE, 0), new Query(STATE, 1)), SamplingOptions.ofMaxNewTokens(2));
    assertEquals("fine", said.get(0).response().text());
    assertTrue(String.valueOf(said.get(1).failure()).contains("no answer today"));
  }

  @Test
  void aScriptThatAnswersTheSameQueryInTwoWaysIsRefused() {
    AtomicInteger calls = new AtomicInteger();
    Policy policy = new ScriptedPolicy((state, seed) -> "answer " + calls.incrementAndGet());
    IllegalStateException e =
        assertThrows(
            IllegalStateException.class,
            () -> policy.complete(List.of(new Query(STATE, 0)), SamplingOptions.ofMaxNewTokens(2)));
    assertTrue(e.getMessage().contains("problem p, turn 1"), e::getMessage);
  }
}
