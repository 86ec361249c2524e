package org.riselm.onnx.model;

import com.google.common.collect.ImmutableSortedSet;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The numbers of a Llama-style decoder: RMSNorm, rotary positions, grouped-query attention, SwiGLU;
 * and which of the features it has that set the families apart. Immutable.
 */
public final class DecoderConfig {
  private final Builder is;
  private final int keyValueHeads;
  private final int headSize;

  private DecoderConfig(Builder given) {
    is = given.copy();
    keyValueHeads = is.keyValueHeads == null ? is.heads : is.keyValueHeads;
    headSize = is.headSize == null ? is.hiddenSize / is.heads : is.headSize;
    // Sorted: runs record what a policy is, and compare it with what they recorded.
    is.biases = ImmutableSortedSet.copyOf(is.biases);
    DecoderCheck.of(this);
  }

  /**
   * Starts from these numbers.
   *
   * @return a builder
   */
  public Builder toBuilder() {
    return is.copy();
  }

  /**
   * Starts a configuration of this many token ids.
   *
   * @param vocabularySize how many token ids there are
   * @return a builder
   */
  public static Builder builder(int vocabularySize) {
    return new Builder(vocabularySize);
  }

  /** {@return what {@link Builder#family} sets} */
  public Family family() {
    return is.family;
  }

  /** {@return how many token ids there are: 0 … vocabularySize − 1} */
  public int vocabularySize() {
    return is.vocabularySize;
  }

  /** {@return what {@link Builder#hiddenSize} sets} */
  public int hiddenSize() {
    return is.hiddenSize;
  }

  /** {@return what {@link Builder#layers} sets} */
  public int layers() {
    return is.layers;
  }

  /** {@return what {@link Builder#heads} sets} */
  public int heads() {
    return is.heads;
  }

  /** {@return what {@link Builder#keyValueHeads} sets} */
  public int keyValueHeads() {
    return keyValueHeads;
  }

  /** {@return what {@link Builder#headSize} sets} */
  public int headSize() {
    return headSize;
  }

  /** {@return what {@link Builder#feedForwardSize} sets} */
  public int feedForwardSize() {
    return is.feedForwardSize;
  }

  /** {@return what {@link Builder#contextLength} sets} */
  public int contextLength() {
    return is.contextLength;
  }

  /** {@return what {@link Builder#rope} sets} */
  public Rope rope() {
    return is.rope;
  }

  /** {@return what {@link Builder#normEpsilon} sets} */
  public double normEpsilon() {
    return is.normEpsilon;
  }

  /** {@return what {@link Builder#tiedHead} sets} */
  public boolean tiedHead() {
    return is.tiedHead;
  }

  /** {@return what {@link Builder#biases} sets} */
  public Set<Bias> biases() {
    return is.biases;
  }

  /** {@return what {@link Builder#style} sets} */
  public BlockStyle style() {
    return is.style;
  }

  /** {@return what {@link Builder#slidingWindow} sets} */
  public int slidingWindow() {
    return is.slidingWindow;
  }

  /** {@return the layers whose tokens see a window, from 0} */
  public Set<Integer> slidingLayers() {
    return is.slidingLayers;
  }

  Set<Integer> unrotatedLayers() {
    return is.unrotatedLayers;
  }

  /** {@return how many query heads share one key and value head} */
  public int groupSize() {
    return is.heads / keyValueHeads;
  }

  /**
   * {@return how many tokens back, its own counted, a token sees in {@code layer}; 0 is all of
   * them}
   *
   * @param layer the layer, from 0
   */
  public int windowOf(int layer) {
    return is.slidingLayers.contains(layer) ? is.slidingWindow : 0;
  }

  /**
   * {@return how positions turn the heads of {@code layer}; empty if they do not}
   *
   * @param layer the layer, from 0
   */
  public Optional<Rope> ropeOf(int layer) {
    return is.unrotatedLayers.contains(layer)
        ? Optional.empty()
        : Optional.of(is.slidingLayers.contains(layer) ? slidingRope() : is.rope);
  }

  Rope slidingRope() {
    return is.slidingRope == null ? is.rope : is.slidingRope;
  }

  /** The options by name: what equality and {@link #toString} go by. */
  private Map<String, Object> values() {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("family", is.family);
    values.put("vocabularySize", is.vocabularySize);
    values.put("hiddenSize", is.hiddenSize);
    values.put("layers", is.layers);
    values.put("heads", is.heads);
    values.put("keyValueHeads", keyValueHeads);
    values.put("headSize", headSize);
    values.put("feedForwardSize", is.feedForwardSize);
    values.put("contextLength", is.contextLength);
    values.put("rope", is.rope);
    values.put("normEpsilon", is.normEpsilon);
    values.put("tiedHead", is.tiedHead);
    values.put("biases", is.biases);
    values.put("slidingWindow", is.slidingWindow);
    values.put("slidingLayers", is.slidingLayers);
    values.put("slidingRope", slidingRope());
    values.put("unrotatedLayers", is.unrotatedLayers);
    values.put("style", is.style);
    return values;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof DecoderConfig o && values().equals(o.values());
  }

  @Override
  public int hashCode() {
    return values().hashCode();
  }

  @Override
  public String toString() {
    return "DecoderConfig" + values();
  }

  /** Collects numbers; the defaults suit a small model. Not thread-safe. */
  public static final class Builder implements Cloneable {
    private final int vocabularySize;
    private Family family = Family.LLAMA;
    private int hiddenSize = 128;
    private int layers = 4;
    private int heads = 4;
    private @Nullable Integer keyValueHeads;
    private @Nullable Integer headSize;
    private int feedForwardSize = 344;
    private int contextLength = 512;
    private Rope rope = Rope.of(10_000);
    private double normEpsilon = 1e-5;
    private boolean tiedHead = true;
    private Set<Bias> biases = Set.of();
    private BlockStyle style = BlockStyle.LLAMA;
    private int slidingWindow;
    private Set<Integer> slidingLayers = ImmutableSortedSet.of();
    private @Nullable Rope slidingRope;
    private Set<Integer> unrotatedLayers = ImmutableSortedSet.of();

    private Builder(int vocabularySize) {
      this.vocabularySize = vocabularySize;
    }

    /**
     * Sets whose names its files use; by default Llama's.
     *
     * @param family whose names its files use
     * @return this builder
     */
    public Builder family(Family family) {
      this.family = family;
      return this;
    }

    /**
     * Sets the width of the residual stream; by default 128.
     *
     * @param hiddenSize the width of the residual stream
     * @return this builder
     */
    public Builder hiddenSize(int hiddenSize) {
      this.hiddenSize = hiddenSize;
      return this;
    }

    /**
     * Sets the number of blocks; by default 4.
     *
     * @param layers the number of blocks
     * @return this builder
     */
    public Builder layers(int layers) {
      this.layers = layers;
      return this;
    }

    /**
     * Sets the number of query heads; by default 4.
     *
     * @param heads the number of query heads
     * @return this builder
     */
    public Builder heads(int heads) {
      this.heads = heads;
      return this;
    }

    /**
     * Sets the number of key and value heads, which divides the query heads'; by default as many.
     *
     * @param keyValueHeads the number of key and value heads
     * @return this builder
     */
    public Builder keyValueHeads(int keyValueHeads) {
      this.keyValueHeads = keyValueHeads;
      return this;
    }

    /**
     * Sets the width of one head, even; by default hiddenSize / heads. Multiples of 16 sample
     * fastest.
     *
     * @param headSize the width of one head
     * @return this builder
     */
    public Builder headSize(int headSize) {
      this.headSize = headSize;
      return this;
    }

    /**
     * Sets the inner width of the feed-forward layers; by default 344.
     *
     * @param feedForwardSize the inner width of the feed-forward layers
     * @return this builder
     */
    public Builder feedForwardSize(int feedForwardSize) {
      this.feedForwardSize = feedForwardSize;
      return this;
    }

    /**
     * Sets the longest sequence, in tokens; by default 512.
     *
     * @param contextLength the longest sequence
     * @return this builder
     */
    public Builder contextLength(int contextLength) {
      this.contextLength = contextLength;
      return this;
    }

    /**
     * Sets how positions turn queries and keys; by default by frequencies of base 10,000.
     *
     * @param rope how positions turn queries and keys
     * @return this builder
     */
    public Builder rope(Rope rope) {
      this.rope = rope;
      return this;
    }

    /**
     * Sets what is added under the root of RMSNorm; by default 1e-5.
     *
     * @param normEpsilon what is added under the root of RMSNorm
     * @return this builder
     */
    public Builder normEpsilon(double normEpsilon) {
      this.normEpsilon = normEpsilon;
      return this;
    }

    /**
     * Sets whether the head's weight is the embedding's; by default it is.
     *
     * @param tiedHead whether the head's weight is the embedding's
     * @return this builder
     */
    public Builder tiedHead(boolean tiedHead) {
      this.tiedHead = tiedHead;
      return this;
    }

    /**
     * Sets the linear layers that add a bias; by default none.
     *
     * @param biases the linear layers that add a bias
     * @return this builder
     */
    public Builder biases(Set<Bias> biases) {
      this.biases = biases;
      return this;
    }

    /**
     * Sets what sets the blocks apart from Llama's; by default nothing.
     *
     * @param style what they are
     * @return this builder
     */
    public Builder style(BlockStyle style) {
      this.style = style;
      return this;
    }

    /**
     * Limits how many tokens back a token sees in some layers; by default it sees all.
     *
     * @param window in tokens, its own counted; 0 is all
     * @param layers that it holds for, from 0; none if it is 0
     * @return this builder
     */
    public Builder slidingWindow(int window, Collection<Integer> layers) {
      this.slidingWindow = window;
      this.slidingLayers = ImmutableSortedSet.copyOf(layers);
      return this;
    }

    /**
     * Sets how positions turn heads in layers that slide; by default as in the others.
     *
     * @param rope how positions turn queries and keys
     * @return this builder
     */
    public Builder slidingRope(Rope rope) {
      this.slidingRope = rope;
      return this;
    }

    /**
     * Sets the layers whose heads positions do not turn; by default none.
     *
     * @param layers from 0
     * @return this builder
     */
    public Builder unrotatedLayers(Collection<Integer> layers) {
      this.unrotatedLayers = ImmutableSortedSet.copyOf(layers);
      return this;
    }

    private Builder copy() {
      try {
        return (Builder) clone();
      } catch (CloneNotSupportedException e) {
        throw new AssertionError(e);
      }
    }

    /**
     * {@return the configuration}
     *
     * @throws IllegalArgumentException naming the numbers that contradict each other
     */
    public DecoderConfig build() {
      if (headSize == null && (heads < 1 || hiddenSize % heads != 0)) {
        throw new IllegalArgumentException(
            "hiddenSize is %d and heads is %d; the second must divide the first, or headSize be set"
                .formatted(hiddenSize, heads));
      }
      return new DecoderConfig(this);
    }
  }
}
