package org.riselm.onnx.internal.generate;

import com.google.common.primitives.ImmutableDoubleArray;
import com.google.common.primitives.ImmutableIntArray;
import org.jspecify.annotations.Nullable;
import org.riselm.core.internal.util.Seeds;
import org.riselm.core.mdp.Response.FinishReason;
import org.riselm.core.mdp.Tokens;

/** A prompt and what has been sampled after it so far. Not thread-safe. */
final class Sequence {
  private final int index;
  private final Prompt prompt;
  private final int limit;
  private final boolean withLogProbabilities;
  private final ImmutableIntArray.Builder tokens = ImmutableIntArray.builder();
  private final ImmutableDoubleArray.Builder logProbabilities = ImmutableDoubleArray.builder();
  private int size;
  private int last = -1;
  private @Nullable FinishReason finish;

  /**
   * Nothing yet.
   *
   * @param index of the prompt in its call
   * @param limit the most tokens to sample
   * @param withLogProbabilities whether to keep each token's
   */
  Sequence(int index, Prompt prompt, int limit, boolean withLogProbabilities) {
    this.index = index;
    this.prompt = prompt;
    this.limit = limit;
    this.withLogProbabilities = withLogProbabilities;
  }

  int index() {
    return index;
  }

  ImmutableIntArray promptIds() {
    return prompt.ids();
  }

  /** The tokens whose keys and values are there: prompt and response, but for the newest token. */
  ImmutableIntArray cachedIds() {
    return ImmutableIntArray.builder(length())
        .addAll(prompt.ids())
        .addAll(tokens.build().subArray(0, size - 1))
        .build();
  }

  /** Tokens sampled so far. */
  int size() {
    return size;
  }

  /** The newest token. */
  int last() {
    return last;
  }

  /** The length of prompt and response together. */
  int length() {
    return prompt.ids().length() + size;
  }

  /** The most that {@link #length()} can become. */
  int maxLength() {
    return prompt.ids().length() + limit;
  }

  boolean isDone() {
    return finish != null;
  }

  /** The seed of the next draw. */
  long seed() {
    return Seeds.derive(prompt.seed(), size);
  }

  /** Takes the next token. */
  void add(int token, double logProbability, boolean stop) {
    tokens.add(token);
    if (withLogProbabilities) {
      logProbabilities.add(logProbability);
    }
    last = token;
    size++;
    if (stop) {
      finish = FinishReason.STOP;
    } else if (size == limit) {
      finish = FinishReason.LENGTH;
    }
  }

  GenerationResult toGenerated() {
    if (finish == null) {
      throw new IllegalStateException("the response to prompt " + index + " is not done");
    }
    return new GenerationResult(
        Tokens.of(tokens.build().toArray()), logProbabilities.build(), finish, /* failure= */ null);
  }
}
