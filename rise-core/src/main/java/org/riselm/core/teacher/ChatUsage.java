package org.riselm.core.teacher;

/**
 * What a {@link ChatPolicy} has asked for so far. Tokens are as the endpoint counts them.
 *
 * @param requests that were sent, retries too
 * @param retries of them that repeat a failed one
 * @param answered states that got an answer
 * @param failed states that got none
 * @param inputTokens in requests that were answered
 * @param outputTokens in answers
 * @param uncounted answers that came without a count of tokens
 */
public record ChatUsage(
    long requests,
    long retries,
    long answered,
    long failed,
    long inputTokens,
    long outputTokens,
    long uncounted) {
  static final ChatUsage NOTHING = new ChatUsage(0, 0, 0, 0, 0, 0, 0);

  ChatUsage plus(ChatUsage more) {
    return new ChatUsage(
        requests + more.requests,
        retries + more.retries,
        answered + more.answered,
        failed + more.failed,
        inputTokens + more.inputTokens,
        outputTokens + more.outputTokens,
        uncounted + more.uncounted);
  }
}
