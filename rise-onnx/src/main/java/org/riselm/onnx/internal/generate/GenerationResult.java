package org.riselm.onnx.internal.generate;

import static java.util.Objects.requireNonNull;

import com.google.common.primitives.ImmutableDoubleArray;
import org.jspecify.annotations.Nullable;
import org.riselm.core.mdp.Response;
import org.riselm.core.mdp.Response.FinishReason;
import org.riselm.core.mdp.Tokens;
import org.riselm.core.policy.Completion;
import org.riselm.core.policy.LogProbabilities;
import org.riselm.onnx.text.Tokenizer;

/**
 * The continuation of a prompt.
 *
 * @param tokens exactly as sampled, the stop token included if one was
 * @param logProbabilities natural logarithm of each token's probability under the model at
 *     temperature 1 and without truncation; as long as the tokens, or empty if the sampling does
 *     not ask for them
 * @param finish why it ended
 * @param failure why there are no tokens, for people to read; null unless {@code finish} is {@link
 *     FinishReason#FAILED}
 */
public record GenerationResult(
    Tokens tokens,
    ImmutableDoubleArray logProbabilities,
    FinishReason finish,
    @Nullable String failure) {
  public GenerationResult {
    if (!logProbabilities.isEmpty() && tokens.size() != logProbabilities.length()) {
      throw new IllegalArgumentException(
          "%d tokens but %d log-probabilities".formatted(tokens.size(), logProbabilities.length()));
    }
    if ((failure != null) != (finish == FinishReason.FAILED)) {
      throw new IllegalArgumentException("finish is " + finish + " and failure is " + failure);
    }
  }

  /** Returns this as a policy's completion, its text decoded by {@code tokenizer}. */
  public Completion completion(Tokenizer tokenizer) {
    String text = tokenizer.decodeSampled(tokens.toArray());
    return new Completion(
        new Response(text, tokens, finish),
        LogProbabilities.of(logProbabilities.toArray()),
        failure);
  }

  static GenerationResult failed(String failure) {
    return new GenerationResult(
        Tokens.none(),
        ImmutableDoubleArray.of(),
        FinishReason.FAILED,
        requireNonNull(failure, "failure"));
  }
}
