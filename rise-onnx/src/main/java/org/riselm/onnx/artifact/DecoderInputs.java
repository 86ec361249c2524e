package org.riselm.onnx.artifact;

import static java.util.Objects.requireNonNull;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the inputs of a decoder stand for, and which output has its logits. Immutable. */
public final class DecoderInputs {
  private final String tokenIds;
  private final String logits;
  private final Optional<String> attentionMask;
  private final Optional<String> positions;
  private final Optional<String> cache;

  private DecoderInputs(Builder b) {
    tokenIds = b.tokenIds;
    logits = b.logits;
    attentionMask = Optional.ofNullable(b.attentionMask);
    positions = Optional.ofNullable(b.positions);
    cache = Optional.ofNullable(b.cache);
  }

  /**
   * Starts with a decoder that takes token ids and nothing else.
   *
   * @param tokenIds the input of the token ids, int64 or int32 [rows, columns]
   * @param logits the output of the logits of the token after each, float [rows, columns,
   *     vocabulary]
   * @return a builder
   */
  public static Builder builder(String tokenIds, String logits) {
    return new Builder(tokenIds, logits);
  }

  /**
   * {@return a decoder that takes token ids and nothing else}
   *
   * @param tokenIds the input of the token ids, int64 or int32 [rows, columns]
   * @param logits the output of the logits
   */
  public static DecoderInputs of(String tokenIds, String logits) {
    return builder(tokenIds, logits).build();
  }

  /**
   * Starts from these inputs.
   *
   * @return a builder
   */
  public Builder toBuilder() {
    Builder b = new Builder(tokenIds, logits);
    b.attentionMask = attentionMask.orElse(null);
    b.positions = positions.orElse(null);
    b.cache = cache.orElse(null);
    return b;
  }

  /** {@return the input of the token ids} */
  public String tokenIds() {
    return tokenIds;
  }

  /** {@return the output of the logits} */
  public String logits() {
    return logits;
  }

  /** {@return what {@link Builder#attentionMask} sets} */
  public Optional<String> attentionMask() {
    return attentionMask;
  }

  /** {@return what {@link Builder#positions} sets} */
  public Optional<String> positions() {
    return positions;
  }

  /** {@return what {@link Builder#cache} sets} */
  public Optional<String> cache() {
    return cache;
  }

  /** The options by name: what equality and {@link #toString} go by. */
  private Map<String, Object> values() {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("tokenIds", tokenIds);
    values.put("logits", logits);
    values.put("attentionMask", attentionMask);
    values.put("positions", positions);
    values.put("cache", cache);
    return values;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof DecoderInputs o && values().equals(o.values());
  }

  @Override
  public int hashCode() {
    return values().hashCode();
  }

  @Override
  public String toString() {
    return "DecoderInputs" + values();
  }

  /** Collects inputs. Not thread-safe. */
  public static final class Builder {
    private final String tokenIds;
    private final String logits;
    private @Nullable String attentionMask;
    private @Nullable String positions;
    private @Nullable String cache;

    private Builder(String tokenIds, String logits) {
      this.tokenIds = requireNonNull(tokenIds, "tokenIds");
      this.logits = requireNonNull(logits, "logits");
    }

    /**
     * Sets the input that is 1 for every token; int64, int32 or float [rows, columns]. Padding is
     * behind its row, where a causal model does not see it, and has 1 too. By default there is
     * none.
     *
     * @param name the input that is 1 for every token
     * @return this builder
     */
    public Builder attentionMask(String name) {
      this.attentionMask = requireNonNull(name, "name");
      return this;
    }

    /**
     * Sets the input of each token's place in its row, from 0; int64 or int32 [rows, columns]. By
     * default there is none.
     *
     * @param name the input of each token's place in its row
     * @return this builder
     */
    public Builder positions(String name) {
      this.positions = requireNonNull(name, "name");
      return this;
    }

    /**
     * Sets how the names of the inputs begin that are a cache of keys and values. It is empty while
     * the decoder is trained. By default there is none.
     *
     * @param prefix how the names of the inputs begin that are a cache of keys and values
     * @return this builder
     */
    public Builder cache(String prefix) {
      this.cache = requireNonNull(prefix, "prefix");
      return this;
    }

    /** {@return the inputs} */
    public DecoderInputs build() {
      return new DecoderInputs(this);
    }
  }
}
