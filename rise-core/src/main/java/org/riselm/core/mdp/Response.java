package org.riselm.core.mdp;

import static java.util.Objects.requireNonNull;

import java.io.Serializable;

/**
 * What a policy said in one turn.
 *
 * @param text the text, without special tokens
 * @param tokens the exact ids that were sampled, or {@link Tokens#none()} if it came as text
 * @param finish why it ended
 */
public record Response(String text, Tokens tokens, FinishReason finish) implements Serializable {
  /** Checks the components. */
  public Response {
    requireNonNull(text, "text");
    requireNonNull(tokens, "tokens");
    requireNonNull(finish, "finish");
  }

  /**
   * {@return a finished response that came as text only}
   *
   * @param text the text
   */
  public static Response ofText(String text) {
    return new Response(text, Tokens.none(), FinishReason.STOP);
  }

  /** {@return the placeholder of a response that failed} */
  public static Response failed() {
    return new Response("", Tokens.none(), FinishReason.FAILED);
  }

  /** Why a response ended. */
  public enum FinishReason {
    /** The policy sampled a stop token. */
    STOP,
    /** It ran into the token limit or the end of the context. */
    LENGTH,
    /** There is no response: a teacher timed out, an endpoint refused. Its text is empty. */
    FAILED
  }
}
