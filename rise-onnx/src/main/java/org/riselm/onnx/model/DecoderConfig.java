package org.riselm.onnx.model;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableSortedSet;
import java.util.Set;

/**
 * The numbers of a Llama-style decoder: RMSNorm, rotary positions, grouped-query attention, SwiGLU;
 * and which of the features it has that set the families apart.
 *
 * @param family whose names its files use
 * @param vocabularySize token ids are 0 … vocabularySize − 1
 * @param hiddenSize the width of the residual stream
 * @param layers how many blocks
 * @param heads query heads
 * @param keyValueHeads key and value heads; divides {@code heads}
 * @param headSize the width of one head, even; multiples of 16 sample fastest
 * @param feedForwardSize the inner width of the feed-forward layers
 * @param contextLength the longest sequence, in tokens
 * @param rope how positions turn queries and keys
 * @param normEpsilon added under the root of RMSNorm
 * @param tiedHead whether the head's weight is the embedding's
 * @param biases the linear layers that add a bias
 * @param headNorm whether every query and key head goes through an RMSNorm of its own
 * @param slidingWindow how many tokens back, its own counted, a token sees in the layers that are
 *     limited so; 0 if none is
 * @param fullAttentionLayers how many of the first layers see every earlier token; all of them if
 *     there is no sliding window
 */
public record DecoderConfig(
    Family family,
    int vocabularySize,
    int hiddenSize,
    int layers,
    int heads,
    int keyValueHeads,
    int headSize,
    int feedForwardSize,
    int contextLength,
    Rope rope,
    double normEpsilon,
    boolean tiedHead,
    Set<Bias> biases,
    boolean headNorm,
    int slidingWindow,
    int fullAttentionLayers) {
  // Far above any published model; what is larger is a damaged file.
  private static final int LARGEST_SIZE = 1 << 24;
  private static final int MOST_LAYERS = 4096;
  // The tables of sines and cosines are part of the graphs, which have 2 GiB at most.
  private static final long LARGEST_TABLES = 1L << 28;

  public DecoderConfig {
    requireNonNull(family, "family");
    requireNonNull(rope, "rope");
    // In order: runs record what a policy is, and compare it with what they recorded.
    biases = ImmutableSortedSet.copyOf(biases);
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
    if ((long) contextLength * headSize > LARGEST_TABLES) {
      throw new IllegalArgumentException(
          "contextLength is %d and headSize is %d; their product must be at most %d"
              .formatted(contextLength, headSize, LARGEST_TABLES));
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

  /** Starts a configuration of this many token ids. */
  public static Builder builder(int vocabularySize) {
    return new Builder(vocabularySize);
  }

  /** How many query heads share one key and value head. */
  public int groupSize() {
    return heads / keyValueHeads;
  }

  /** How many tokens back, its own counted, a token sees in {@code layer}; 0 is all of them. */
  public int windowOf(int layer) {
    return layer < fullAttentionLayers ? 0 : slidingWindow;
  }

  /** Collects numbers; the defaults suit a small model. Not thread-safe. */
  public static final class Builder {
    private final int vocabularySize;
    private Family family = Family.LLAMA;
    private int hiddenSize = 128;
    private int layers = 4;
    private int heads = 4;
    private int keyValueHeads;
    private int headSize;
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

    /** Whose names its files use; Llama unless told. */
    public Builder family(Family family) {
      this.family = family;
      return this;
    }

    /** The width of the residual stream; 128 unless told. */
    public Builder hiddenSize(int hiddenSize) {
      this.hiddenSize = hiddenSize;
      return this;
    }

    /** How many blocks; 4 unless told. */
    public Builder layers(int layers) {
      this.layers = layers;
      return this;
    }

    /** Query heads; 4 unless told. */
    public Builder heads(int heads) {
      this.heads = heads;
      return this;
    }

    /** Key and value heads; as many as query heads unless told. */
    public Builder keyValueHeads(int keyValueHeads) {
      this.keyValueHeads = keyValueHeads;
      return this;
    }

    /** The width of one head; hiddenSize / heads unless told. */
    public Builder headSize(int headSize) {
      this.headSize = headSize;
      return this;
    }

    /** The inner width of the feed-forward layers; 344 unless told. */
    public Builder feedForwardSize(int feedForwardSize) {
      this.feedForwardSize = feedForwardSize;
      return this;
    }

    /** The longest sequence, in tokens; 512 unless told. */
    public Builder contextLength(int contextLength) {
      this.contextLength = contextLength;
      return this;
    }

    /** How positions turn queries and keys; by frequencies of base 10,000 unless told. */
    public Builder rope(Rope rope) {
      this.rope = rope;
      return this;
    }

    /** Added under the root of RMSNorm; 1e-5 unless told. */
    public Builder normEpsilon(double normEpsilon) {
      this.normEpsilon = normEpsilon;
      return this;
    }

    /** Whether the head's weight is the embedding's; true unless told. */
    public Builder tiedHead(boolean tiedHead) {
      this.tiedHead = tiedHead;
      return this;
    }

    /** The linear layers that add a bias; none unless told. */
    public Builder biases(Set<Bias> biases) {
      this.biases = biases;
      return this;
    }

    /** Whether every query and key head goes through a norm of its own; false unless told. */
    public Builder headNorm(boolean headNorm) {
      this.headNorm = headNorm;
      return this;
    }

    /**
     * Lets tokens see only so many back, unless told otherwise they see all.
     *
     * @param window in tokens, its own counted; 0 is all
     * @param fullAttentionLayers how many of the first layers see all nevertheless
     */
    public Builder slidingWindow(int window, int fullAttentionLayers) {
      this.slidingWindow = window;
      this.fullAttentionLayers = fullAttentionLayers;
      return this;
    }

    /**
     * The configuration.
     *
     * @throws IllegalArgumentException naming the numbers that contradict each other
     */
    public DecoderConfig build() {
      if (headSize == 0 && (heads < 1 || hiddenSize % heads != 0)) {
        throw new IllegalArgumentException(
            "hiddenSize is %d and heads is %d; the second must divide the first, or headSize be set"
                .formatted(hiddenSize, heads));
      }
      return new DecoderConfig(
          family,
          vocabularySize,
          hiddenSize,
          layers,
          heads,
          keyValueHeads == 0 ? heads : keyValueHeads,
          headSize == 0 ? hiddenSize / heads : headSize,
          feedForwardSize,
          contextLength,
          rope,
          normEpsilon,
          tiedHead,
          biases,
          headNorm,
          slidingWindow,
          slidingWindow == 0 ? layers : fullAttentionLayers);
    }
  }
}
