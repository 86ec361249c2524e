package org.riselm.core.policy;

import static java.util.Objects.requireNonNull;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;
import org.riselm.core.mdp.Response;

/**
 * A policy's result for a query.
 *
 * @param response what it said
 * @param logProbabilities natural logarithm of each sampled token's probability under the model at
 *     temperature 1 and without truncation; as long as the response's tokens, or empty if unknown
 *     or not {@linkplain SamplingOptions#logProbabilities asked for}
 * @param failure why there is no response, for people to read; null if there is one
 */
public record Completion(
    Response response, LogProbabilities logProbabilities, @Nullable String failure)
    implements Serializable {
  /** Checks the components. */
  public Completion {
    requireNonNull(response, "response");
    if (!logProbabilities.isEmpty() && logProbabilities.size() != response.tokens().size()) {
      throw new IllegalArgumentException(
          "a completion has %d tokens but %d log-probabilities"
              .formatted(response.tokens().size(), logProbabilities.size()));
    }
  }

  /**
   * {@return a completion without log-probabilities}
   *
   * @param response the response
   */
  public static Completion of(Response response) {
    return new Completion(response, LogProbabilities.none(), null);
  }

  /**
   * {@return a completion that failed}
   *
   * @param failure why, for people to read
   */
  public static Completion failed(String failure) {
    return new Completion(
        Response.failed(), LogProbabilities.none(), requireNonNull(failure, "failure"));
  }
}
