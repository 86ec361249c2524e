package org.riselm.onnx.model;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * What sets the blocks of the families apart: where their norms are, what their feed-forward layers
 * compute, how their linear layers are stored, and the scalars on the way. Immutable.
 *
 * @param norms where a block's norms are
 * @param headNorm what of queries and keys is normalized
 * @param unitOffset whether norms multiply by 1 + their weight
 * @param activation between the feed-forward layers
 * @param attentionLayers the names, within a block, of the layers that give queries, keys and
 *     values: three, or one that gives all
 * @param feedForwardLayers the names of the feed-forward layers: gate, up and down, or one that
 *     gives gate and up, and down
 * @param embeddingMultiplier of embeddings
 * @param residualMultiplier of what a block adds
 * @param attentionScale of scores; 0 is 1 / √headSize
 * @param logitsDivisor of logits
 * @param attentionCap of scores, which become cap · tanh(score / cap); 0 is none
 * @param logitsCap of logits, likewise
 * @param positionGain how much queries grow with the logarithm of their position: by 1 + gain ·
 *     log(1 + ⌊position / gainContext⌋); 0 is not at all
 * @param gainContext in tokens
 */
public record BlockStyle(
    Norms norms,
    HeadNorm headNorm,
    boolean unitOffset,
    Activation activation,
    List<String> attentionLayers,
    List<String> feedForwardLayers,
    double embeddingMultiplier,
    double residualMultiplier,
    double attentionScale,
    double logitsDivisor,
    double attentionCap,
    double logitsCap,
    double positionGain,
    int gainContext) {
  /** Llama's blocks. */
  public static final BlockStyle LLAMA = new Builder().build();

  /** Checks the scalars. */
  public BlockStyle {
    requireNonNull(norms, "norms");
    requireNonNull(headNorm, "headNorm");
    requireNonNull(activation, "activation");
    attentionLayers = List.copyOf(attentionLayers);
    feedForwardLayers = List.copyOf(feedForwardLayers);
    require("embeddingMultiplier", embeddingMultiplier, embeddingMultiplier > 0);
    require("residualMultiplier", residualMultiplier, residualMultiplier > 0);
    require("attentionScale", attentionScale, attentionScale >= 0);
    require("logitsDivisor", logitsDivisor, logitsDivisor > 0);
    require("attentionCap", attentionCap, attentionCap >= 0);
    require("logitsCap", logitsCap, logitsCap >= 0);
    require("positionGain", positionGain, positionGain >= 0);
    require("gainContext", gainContext, gainContext > 0 || positionGain == 0);
  }

  private static void require(String name, double value, boolean holds) {
    if (!holds || Double.isInfinite(value)) {
      throw new IllegalArgumentException(name + " is " + value + "; above 0, finite");
    }
  }

  /** Where a block's norms are. */
  public enum Norms {
    /** On what attention and the feed-forward layers take. */
    BEFORE,
    /** On what they give. */
    AFTER,
    /** On both. */
    AROUND
  }

  /** What of queries and keys is normalized. */
  public enum HeadNorm {
    /** Nothing. */
    NONE,
    /** Each head by itself. */
    EACH,
    /** All heads together. */
    TOGETHER
  }

  /** What stands between the feed-forward layers. */
  public enum Activation {
    /** x · sigmoid(x). */
    SILU,
    /** GELU by its approximation with tanh. */
    GELU_TANH
  }

  /** {@return whether one layer gives queries, keys and values} */
  public boolean isAttentionFused() {
    return attentionLayers.size() == 1;
  }

  /** {@return whether one layer gives gate and up} */
  public boolean isFeedForwardFused() {
    return feedForwardLayers.size() == 2;
  }

  /**
   * Starts with Llama's blocks.
   *
   * @return a builder
   */
  public static Builder builder() {
    return new Builder();
  }

  /** Collects what differs from Llama's blocks. Not thread-safe. */
  public static final class Builder {
    private Norms norms = Norms.BEFORE;
    private HeadNorm headNorm = HeadNorm.NONE;
    private boolean unitOffset;
    private Activation activation = Activation.SILU;
    private List<String> attentionLayers =
        List.of("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj");
    private List<String> feedForwardLayers =
        List.of("mlp.gate_proj", "mlp.up_proj", "mlp.down_proj");
    private double embeddingMultiplier = 1;
    private double residualMultiplier = 1;
    private double attentionScale;
    private double logitsDivisor = 1;
    private double attentionCap;
    private double logitsCap;
    private double positionGain;
    private int gainContext;

    private Builder() {}

    /**
     * Sets where norms are, and whether they multiply by 1 + their weight.
     *
     * @param norms where they are
     * @param unitOffset whether 1 is added to their weights
     * @return this builder
     */
    public Builder norms(Norms norms, boolean unitOffset) {
      this.norms = norms;
      this.unitOffset = unitOffset;
      return this;
    }

    /**
     * Sets what of queries and keys is normalized; by default nothing.
     *
     * @param headNorm what
     * @return this builder
     */
    public Builder headNorm(HeadNorm headNorm) {
      this.headNorm = headNorm;
      return this;
    }

    /**
     * Sets what stands between the feed-forward layers; by default SILU.
     *
     * @param activation which
     * @return this builder
     */
    public Builder activation(Activation activation) {
      this.activation = activation;
      return this;
    }

    /**
     * Sets the layer that gives queries, keys and values together.
     *
     * @param name within a block
     * @return this builder
     */
    public Builder fusedAttention(String name) {
      this.attentionLayers = List.of(name);
      return this;
    }

    /**
     * Sets the layer that gives gate and up together, and the one behind it.
     *
     * @param gateAndUp its name within a block
     * @param down the name of the one behind it
     * @return this builder
     */
    public Builder fusedFeedForward(String gateAndUp, String down) {
      this.feedForwardLayers = List.of(gateAndUp, down);
      return this;
    }

    /**
     * Sets what embeddings and what blocks add are multiplied by; by default 1.
     *
     * @param embedding of embeddings
     * @param residual of what blocks add
     * @return this builder
     */
    public Builder multipliers(double embedding, double residual) {
      this.embeddingMultiplier = embedding;
      this.residualMultiplier = residual;
      return this;
    }

    /**
     * Sets what scores are multiplied by; by default 1 / √headSize.
     *
     * @param scale above 0
     * @return this builder
     */
    public Builder attentionScale(double scale) {
      this.attentionScale = scale;
      return this;
    }

    /**
     * Sets what logits are divided by; by default 1.
     *
     * @param divisor above 0
     * @return this builder
     */
    public Builder logitsDivisor(double divisor) {
      this.logitsDivisor = divisor;
      return this;
    }

    /**
     * Sets the caps of scores and logits; by default none.
     *
     * @param attention of scores; 0 is none
     * @param logits of logits; 0 is none
     * @return this builder
     */
    public Builder caps(double attention, double logits) {
      this.attentionCap = attention;
      this.logitsCap = logits;
      return this;
    }

    /**
     * Sets how queries grow with their position; by default not at all.
     *
     * @param gain of the logarithm
     * @param context in tokens
     * @return this builder
     */
    public Builder positionGain(double gain, int context) {
      this.positionGain = gain;
      this.gainContext = context;
      return this;
    }

    /**
     * Returns the style.
     *
     * @return the style
     * @throws IllegalArgumentException naming a scalar that is out of range
     */
    public BlockStyle build() {
      return new BlockStyle(
          norms,
          headNorm,
          unitOffset,
          activation,
          attentionLayers,
          feedForwardLayers,
          embeddingMultiplier,
          residualMultiplier,
          attentionScale,
          logitsDivisor,
          attentionCap,
          logitsCap,
          positionGain,
          gainContext);
    }
  }
}
