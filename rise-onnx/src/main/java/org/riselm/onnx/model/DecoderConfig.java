package org.riselm.onnx.model;

/**
 * The numbers of a Llama-style decoder: RMSNorm, rotary positions, grouped-query attention, SwiGLU.
 *
 * @param vocabularySize token ids are 0 … vocabularySize − 1
 * @param hiddenSize the width of the residual stream
 * @param layers how many blocks
 * @param heads query heads
 * @param keyValueHeads key and value heads; divides {@code heads}
 * @param headSize the width of one head; a multiple of 16, which the sampling kernel's rotary
 *     positions need
 * @param feedForwardSize the inner width of the feed-forward layers
 * @param contextLength the longest sequence, in tokens
 * @param ropeTheta the base of the rotary frequencies
 * @param normEpsilon added under the root of RMSNorm
 * @param tiedHead whether the head's weight is the embedding's
 */
public record DecoderConfig(
    int vocabularySize,
    int hiddenSize,
    int layers,
    int heads,
    int keyValueHeads,
    int headSize,
    int feedForwardSize,
    int contextLength,
    double ropeTheta,
    double normEpsilon,
    boolean tiedHead) {
  public DecoderConfig {
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
    if (headSize % 16 != 0) {
      throw new IllegalArgumentException(
          "headSize is " + headSize + "; it must be a multiple of 16");
    }
    if (!(ropeTheta > 0) || Double.isInfinite(ropeTheta)) {
      throw new IllegalArgumentException("ropeTheta is " + ropeTheta + "; above 0, finite");
    }
    if (!(normEpsilon > 0) || normEpsilon >= 1) {
      throw new IllegalArgumentException("normEpsilon is " + normEpsilon + "; in (0, 1)");
    }
  }

  private static void positive(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " is " + value + "; 1 or more");
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

  /** Collects numbers; the defaults suit a small model. Not thread-safe. */
  public static final class Builder {
    private final int vocabularySize;
    private int hiddenSize = 128;
    private int layers = 4;
    private int heads = 4;
    private int keyValueHeads;
    private int headSize;
    private int feedForwardSize = 344;
    private int contextLength = 512;
    private double ropeTheta = 10_000;
    private double normEpsilon = 1e-5;
    private boolean tiedHead = true;

    private Builder(int vocabularySize) {
      this.vocabularySize = vocabularySize;
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

    /** The base of the rotary frequencies; 10,000 unless told. */
    public Builder ropeTheta(double ropeTheta) {
      this.ropeTheta = ropeTheta;
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

    /**
     * The configuration.
     *
     * @throws IllegalArgumentException naming the numbers that contradict each other
     */
    public DecoderConfig build() {
      if (headSize == 0 && hiddenSize % heads != 0) {
        throw new IllegalArgumentException(
            "hiddenSize is %d and heads is %d; the second must divide the first, or headSize be set"
                .formatted(hiddenSize, heads));
      }
      return new DecoderConfig(
          vocabularySize,
          hiddenSize,
          layers,
          heads,
          keyValueHeads == 0 ? heads : keyValueHeads,
          headSize == 0 ? hiddenSize / heads : headSize,
          feedForwardSize,
          contextLength,
          ropeTheta,
          normEpsilon,
          tiedHead);
    }
  }
}
