package org.riselm.core.teacher;

import dev.langchain4j.model.output.TokenUsage;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link ChatPolicy} has asked for so far. Tokens are as the endpoint counts them.
 *
 * @param requests that were sent, retries included
 * @param retries of them that repeat a failed one
 * @param answered states that got a response
 * @param failed states that got none
 * @param inputTokens in requests that got a response
 * @param outputTokens in responses
 * @param uncounted responses that came without a count of tokens
 */
public record ChatUsage(
    long requests,
    long retries,
    long answered,
    long failed,
    long inputTokens,
    long outputTokens,
    long uncounted) {
  static final ChatUsage NONE = of(0);
  static final ChatUsage ANSWERED = new ChatUsage(0, 0, 1, 0, 0, 0, 0);
  static final ChatUsage FAILED = new ChatUsage(0, 0, 0, 1, 0, 0, 0);

  /** Returns the usage of one state's {@code requests}. */
  static ChatUsage of(int requests) {
    return new ChatUsage(requests, Math.max(0, requests - 1), 0, 0, 0, 0, 0);
  }

  /** Returns the tokens of one response. */
  static ChatUsage tokens(@Nullable TokenUsage usage) {
    if (usage == null || usage.inputTokenCount() == null || usage.outputTokenCount() == null) {
      return new ChatUsage(0, 0, 0, 0, 0, 0, 1);
    }
    return new ChatUsage(0, 0, 0, 0, usage.inputTokenCount(), usage.outputTokenCount(), 0);
  }

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
