package org.riselm.onnx.artifact;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/**
 * What the inputs of a decoder stand for, and which output has its logits. A value; {@code with…}
 * methods give changed copies.
 *
 * @param tokenIds the input of the token ids, int64 or int32 [rows, columns]
 * @param logits the output of the logits of the token after each, float [rows, columns, vocabulary]
 * @param attentionMask the input that is 1 for every token, if there is one; int64, int32 or float
 *     [rows, columns]. Padding is behind its row, where a causal model does not see it, and has 1
 *     too
 * @param positions the input of each token's place in its row, from 0, if there is one; int64 or
 *     int32 [rows, columns]
 * @param cache how the names of the inputs begin that are a cache of keys and values, if there are
 *     any. It is empty while the decoder is trained
 */
public record DecoderInputs(
    String tokenIds,
    String logits,
    Optional<String> attentionMask,
    Optional<String> positions,
    Optional<String> cache) {
  public DecoderInputs {
    requireNonNull(tokenIds, "tokenIds");
    requireNonNull(logits, "logits");
  }

  /** A decoder that takes token ids and nothing else. */
  public static DecoderInputs of(String tokenIds, String logits) {
    return new DecoderInputs(
        tokenIds, logits, Optional.empty(), Optional.empty(), Optional.empty());
  }

  /** This, with an input that is 1 for every token. */
  public DecoderInputs withAttentionMask(String name) {
    return new DecoderInputs(tokenIds, logits, Optional.of(name), positions, cache);
  }

  /** This, with an input of the places of the tokens. */
  public DecoderInputs withPositions(String name) {
    return new DecoderInputs(tokenIds, logits, attentionMask, Optional.of(name), cache);
  }

  /** This, with a cache in the inputs whose names begin with {@code prefix}. */
  public DecoderInputs withCache(String prefix) {
    return new DecoderInputs(tokenIds, logits, attentionMask, positions, Optional.of(prefix));
  }
}
