package org.riselm.onnx.text;

import org.riselm.core.mdp.Tokens;

/**
 * A response and its context as token ids.
 *
 * @param prompt what the model sees before the response
 * @param target the response, with the token that ends it if it has one
 */
public record EncodedTurn(Tokens prompt, Tokens target) {
  /**
   * Copies the ids of a prompt and of a response.
   *
   * @param prompt the ids that come before
   * @param target the ids of the response
   * @return the turn
   */
  public static EncodedTurn of(int[] prompt, int[] target) {
    return new EncodedTurn(Tokens.of(prompt), Tokens.of(target));
  }
}
