package org.riselm.onnx.model;

import com.google.common.collect.ImmutableSortedSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The numbers of a Llama-style decoder: RMSNorm, rotary positions, grouped-query attention, SwiGLU;
 * and which of the features it has that set the families apart. Immutable.
 */
public final class DecoderConfig {
  // Far above any published model; what is larger is a damaged file.
  private static final int LARGEST_SIZE = 1 << 24;
  private static final int MOST_LAYERS = 4096;

  private final Family family;
  private final int vocabularySize;
  private final int hiddenSize;
  private final int layers;
  private final int heads;
  private final int keyValueHeads;
  private final int headSize;
  private final int feedForwardSize;
  private final int contextLength;
  private final Rope rope;
  private final double normEpsilon;
  private final boolean tiedHead;
  private final Set<Bias> biases;
  private final boolean headNorm;
  private final int slidingWindow;
  private final int fullAttentionLayers;

  private DecoderConfig(Builder b) {
    family = b.family;
    vocabularySize = b.vocabularySize;
    hiddenSize = b.hiddenSize;
    layers = b.layers;
    heads = b.heads;
    keyValueHeads = b.keyValueHeads == null ? heads : b.keyValueHeads;
    headSize = b.headSize == null ? hiddenSize / heads : b.headSize;
    feedForwardSize = b.feedForwardSize;
    contextLength = b.contextLength;
    rope = b.rope;
    normEpsilon = b.normEpsilon;
    tiedHead = b.tiedHead;
    // Sorted: runs record what a policy is, and compare it with what they recorded.
    biases = ImmutableSortedSet.copyOf(b.biases);
    headNorm = b.headNorm;
    slidingWindow = b.slidingWindow;
    fullAttentionLayers = slidingWindow == 0 ? layers : b.fullAttentionLayers;
    positive("vocabularySize", vocabularySize);
    positive("hiddenSize", hiddenSize);
    positive("layers", layers);
    positive("heads", heads);
    positive("keyValueHeads", keyValueHeads);
    positive("headSize", headSize);
    positive("feedForwardSize", feedForwardSize);
    positive("contextLength", contextLength);
    if (heads % keyValueHeads != 0) {
      throw new IllegalArgumentException(
          "heads is %d and keyValueHeads is %d; the second must divide the first"
              .formatted(heads, keyValueHeads));
    }
    if (layers > MOST_LAYERS) {
      throw new IllegalArgumentException("layers is " + layers + "; at most " + MOST_LAYERS);
    }
    if (headSize % 2 != 0) {
      throw new IllegalArgumentException("headSize is " + headSize + "; it must be even");
    }
    if ((long) heads * headSize > LARGEST_SIZE) {
      throw new IllegalArgumentException(
          "heads is %d and headSize is %d; their product must be at most %d"
              .formatted(heads, headSize, LARGEST_SIZE));
    }
    if (slidingWindow < 0 || fullAttentionLayers < 0 || fullAttentionLayers > layers) {
      throw new IllegalArgumentException(
          "slidingWindow is %d, fullAttentionLayers is %d of %d layers; 0 or more, and not more than layers"
              .formatted(slidingWindow, fullAttentionLayers, layers));
    }
    if (slidingWindow == 0 != (fullAttentionLayers == layers)) {
      throw new IllegalArgumentException(
          "slidingWindow is %d and fullAttentionLayers is %d of %d layers; a window is for the layers that are not full"
              .formatted(slidingWindow, fullAttentionLayers, layers));
    }
    if (!(normEpsilon > 0) || normEpsilon >= 1) {
      throw new IllegalArgumentException("normEpsilon is " + normEpsilon + "; in (0, 1)");
    }
  }

  private static void positive(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " is " + value + "; 1 or more");
    }
    if (value > LARGEST_SIZE) {
      throw new IllegalArgumentException(name + " is " + value + "; at most " + LARGEST_SIZE);
    }
  }

  /**
   * Starts from these numbers.
   *
   * @return a builder
   */
  public Builder toBuilder() {
    Builder b = new Builder(vocabularySize);
    b.family = family;
    b.hiddenSize = hiddenSize;
    b.layers = layers;
    b.heads = heads;
    b.keyValueHeads = keyValueHeads;
    b.headSize = headSize;
    b.feedForwardSize = feedForwardSize;
    b.contextLength = contextLength;
    b.rope = rope;
    b.normEpsilon = normEpsilon;
    b.tiedHead = tiedHead;
    b.biases = biases;
    b.headNorm = headNorm;
    b.slidingWindow = slidingWindow;
    b.fullAttentionLayers = fullAttentionLayers;
    return b;
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
    return family;
  }

  /** {@return how many token ids there are: 0 … vocabularySize − 1} */
  public int vocabularySize() {
    return vocabularySize;
  }

  /** {@return what {@link Builder#hiddenSize} sets} */
  public int hiddenSize() {
    return hiddenSize;
  }

  /** {@return what {@link Builder#layers} sets} */
  public int layers() {
    return layers;
  }

  /** {@return what {@link Builder#heads} sets} */
  public int heads() {
    return heads;
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
    return feedForwardSize;
  }

  /** {@return what {@link Builder#contextLength} sets} */
  public int contextLength() {
    return contextLength;
  }

  /** {@return what {@link Builder#rope} sets} */
  public Rope rope() {
    return rope;
  }

  /** {@return what {@link Builder#normEpsilon} sets} */
  public double normEpsilon() {
    return normEpsilon;
  }

  /** {@return what {@link Builder#tiedHead} sets} */
  public boolean tiedHead() {
    return tiedHead;
  }

  /** {@return what {@link Builder#biases} sets} */
  public Set<Bias> biases() {
    return biases;
  }

  /** {@return what {@link Builder#headNorm} sets} */
  public boolean headNorm() {
    return headNorm;
  }

  /** {@return what {@link Builder#slidingWindow} sets} */
  public int slidingWindow() {
    return slidingWindow;
  }

  /** {@return how many of the first layers see every earlier token} */
  public int fullAttentionLayers() {
    return fullAttentionLayers;
  }

  /** {@return how many query heads share one key and value head} */
  public int groupSize() {
    return heads / keyValueHeads;
  }

  /**
   * {@return how many tokens back, its own counted, a token sees in {@code layer}; 0 is all of
   * them}
   *
   * @param layer the layer, from 0
   */
  public int windowOf(int layer) {
    return layer < fullAttentionLayers ? 0 : slidingWindow;
  }

  /** The options by name: what equality and {@link #toString} go by. */
  private Map<String, Object> values() {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("family", family);
    values.put("vocabularySize", vocabularySize);
    values.put("hiddenSize", hiddenSize);
    values.put("layers", layers);
    values.put("heads", heads);
    values.put("keyValueHeads", keyValueHeads);
    values.put("headSize", headSize);
    values.put("feedForwardSize", feedForwardSize);
    values.put("contextLength", contextLength);
    values.put("rope", rope);
    values.put("normEpsilon", normEpsilon);
    values.put("tiedHead", tiedHead);
    values.put("biases", biases);
    values.put("headNorm", headNorm);
    values.put("slidingWindow", slidingWindow);
    values.put("fullAttentionLayers", fullAttentionLayers);
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
  public static final class Builder {
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
    private boolean headNorm;
    private int slidingWindow;
    private int fullAttentionLayers;

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
     * Sets whether every query and key head has an RMSNorm of its own; by default it has not.
     *
     * @param headNorm whether every query and key head has an RMSNorm of its own
     * @return this builder
     */
    public Builder headNorm(boolean headNorm) {
      this.headNorm = headNorm;
      return this;
    }

    /**
     * Limits how many tokens back a token sees; by default it sees all.
     *
     * @param window in tokens, its own counted; 0 is all
     * @param fullAttentionLayers how many of the first layers see all nevertheless
     * @return this builder
     */
    public Builder slidingWindow(int window, int fullAttentionLayers) {
      this.slidingWindow = window;
      this.fullAttentionLayers = fullAttentionLayers;
      return this;
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
