package org.riselm.core.mdp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.riselm.core.mdp.Response.FinishReason;

class ExampleTest {
  private static final State STATE = State.initial(Problem.of("p-7", "?", "x"));
  private static final Response THREE =
      new Response("a b c", Tokens.of(1, 2, 3), FinishReason.STOP);

  private static String refusal(Response response, double... weights) {
    return assertThrows(
            IllegalArgumentException.class,
            () -> new Example(STATE, response, TokenWeights.of(weights)))
        .getMessage();
  }

  @Test
  void oneWeightIsOfEveryToken() {
    Example example = new Example(STATE, THREE, -0.5);
    assertEquals(-0.5, example.weight());
    assertEquals(-0.5, example.weights().get(2));
  }

  @Test
  void weightsPerTokenKeepTheirPlaces() {
    Example example = new Example(STATE, THREE, TokenWeights.of(1, -2, 4));
    assertEquals(1, example.weight(), 1e-12);
    assertEquals(-2, example.weights().get(1));
  }

  @Test
  void weightsShareTheTokensAxis() {
    for (double[] weights : new double[][] {{}, {1, 2}, {1, 2, 3, 4}}) {
      String message = refusal(THREE, weights);
      assertTrue(message.contains("p-7") && message.contains("3 tokens"), message);
    }
    // A response that came as text has no tokens to weigh.
    String message = refusal(Response.ofText("a b"), 1, 2);
    assertTrue(message.contains("2 weights and 0 tokens"), message);
  }

  @Test
  void aWeightThatIsNoNumberIsNamed() {
    String message = refusal(THREE, 1, Double.NaN, 1);
    assertTrue(
        message.contains("p-7") && message.contains("weight 2") && message.contains("NaN"),
        message);
    assertThrows(
        IllegalArgumentException.class, () -> new Example(STATE, THREE, Double.NEGATIVE_INFINITY));
  }
}
