package org.riselm.onnx.artifact;

import static java.util.Objects.requireNonNull;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the user inputs of training artifacts that were made elsewhere stand for. Immutable.
 *
 * <p>Ids, mask and positions are matrices [rows, columns]; labels and weights are such matrices or
 * have all rows behind each other, [rows · columns], as the graph says. Where the graph fixes a
 * size, batches are filled up to it.
 */
public final class ArtifactInputs {
  private final String tokenIds;
  private final String labels;
  private final LabelPlace labelPlace;
  private final long ignoredLabel;
  private final Optional<String> attentionMask;
  private final Optional<String> positions;
  private final Optional<String> weights;
  private final Optional<String> logits;

  /** Where a label stands. */
  public enum LabelPlace {
    /** At the place of the token before it, whose logits predict it. */
    BEFORE,
    /** At its own place: the graph shifts labels, as Hugging Face's models do. */
    OWN
  }

  private ArtifactInputs(Builder b) {
    tokenIds = b.tokenIds;
    labels = b.labels;
    labelPlace = b.labelPlace;
    ignoredLabel = b.ignoredLabel;
    attentionMask = Optional.ofNullable(b.attentionMask);
    positions = Optional.ofNullable(b.positions);
    weights = Optional.ofNullable(b.weights);
    logits = Optional.ofNullable(b.logits);
  }

  /**
   * Starts with the two inputs that there must be.
   *
   * @param tokenIds the input of the token ids; int64 or int32
   * @param labels the input of what is learned at each place; int64 or int32
   * @return a builder
   */
  public static Builder builder(String tokenIds, String labels) {
    return new Builder(tokenIds, labels);
  }

  /**
   * {@return what takes ids and labels, each label before its token; −100 is ignored, and the loss
   * is a mean}
   *
   * @param tokenIds the input of the token ids, int64 or int32 [rows, columns]
   * @param labels the input of the labels
   */
  public static ArtifactInputs of(String tokenIds, String labels) {
    return builder(tokenIds, labels).build();
  }

  /**
   * Starts from these inputs.
   *
   * @return a builder
   */
  public Builder toBuilder() {
    Builder b = new Builder(tokenIds, labels);
    b.labelPlace = labelPlace;
    b.ignoredLabel = ignoredLabel;
    b.attentionMask = attentionMask.orElse(null);
    b.positions = positions.orElse(null);
    b.weights = weights.orElse(null);
    b.logits = logits.orElse(null);
    return b;
  }

  /** {@return the input of the token ids} */
  public String tokenIds() {
    return tokenIds;
  }

  /** {@return the input of the labels} */
  public String labels() {
    return labels;
  }

  /** {@return what {@link Builder#labelPlace} sets} */
  public LabelPlace labelPlace() {
    return labelPlace;
  }

  /** {@return what {@link Builder#ignoredLabel} sets} */
  public long ignoredLabel() {
    return ignoredLabel;
  }

  /** {@return what {@link Builder#attentionMask} sets} */
  public Optional<String> attentionMask() {
    return attentionMask;
  }

  /** {@return what {@link Builder#positions} sets} */
  public Optional<String> positions() {
    return positions;
  }

  /** {@return what {@link Builder#weights} sets} */
  public Optional<String> weights() {
    return weights;
  }

  /** {@return what {@link Builder#logits} sets} */
  public Optional<String> logits() {
    return logits;
  }

  /** The options by name: what equality and {@link #toString} go by. */
  private Map<String, Object> values() {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("tokenIds", tokenIds);
    values.put("labels", labels);
    values.put("labelPlace", labelPlace);
    values.put("ignoredLabel", ignoredLabel);
    values.put("attentionMask", attentionMask);
    values.put("positions", positions);
    values.put("weights", weights);
    values.put("logits", logits);
    return values;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ArtifactInputs o && values().equals(o.values());
  }

  @Override
  public int hashCode() {
    return values().hashCode();
  }

  @Override
  public String toString() {
    return "ArtifactInputs" + values();
  }

  /** Collects inputs. Not thread-safe. */
  public static final class Builder {
    private final String tokenIds;
    private final String labels;
    private LabelPlace labelPlace = LabelPlace.BEFORE;
    private long ignoredLabel = -100; // What PyTorch, and so most, ignore.
    private @Nullable String attentionMask;
    private @Nullable String positions;
    private @Nullable String weights;
    private @Nullable String logits;

    private Builder(String tokenIds, String labels) {
      this.tokenIds = requireNonNull(tokenIds, "tokenIds");
      this.labels = requireNonNull(labels, "labels");
    }

    /**
     * Sets where a label stands; by default {@link LabelPlace#BEFORE} its token.
     *
     * @param labelPlace where a label stands
     * @return this builder
     */
    public Builder labelPlace(LabelPlace labelPlace) {
      this.labelPlace = requireNonNull(labelPlace, "labelPlace");
      return this;
    }

    /**
     * Sets the label of places where nothing is learned; by default −100.
     *
     * @param ignoredLabel the label of places where nothing is learned
     * @return this builder
     */
    public Builder ignoredLabel(long ignoredLabel) {
      this.ignoredLabel = ignoredLabel;
      return this;
    }

    /**
     * Sets the input that is 1 for every token; int64, int32 or float. Padding is behind its row,
     * where a causal model does not see it, and has 1 too. By default there is none.
     *
     * @param name the input that is 1 for every token
     * @return this builder
     */
    public Builder attentionMask(String name) {
      this.attentionMask = requireNonNull(name, "name");
      return this;
    }

    /**
     * Sets the input of each token's place in its row, from 0; int64 or int32. By default there is
     * none.
     *
     * @param name the input of each token's place in its row
     * @return this builder
     */
    public Builder positions(String name) {
      this.positions = requireNonNull(name, "name");
      return this;
    }

    /**
     * Sets the input of each label's weight; float. The loss must then be Σ weight · −log p(label).
     * By default there is none, and the loss must be the mean over the labels that are not ignored.
     *
     * @param name the input of each label's weight
     * @return this builder
     */
    public Builder weights(String name) {
      this.weights = requireNonNull(name, "name");
      return this;
    }

    /**
     * Sets the output of the evaluation graph that has the logits; float [rows, columns,
     * vocabulary] or [rows · columns, vocabulary]. By default there is none, and tokens cannot be
     * scored.
     *
     * @param name the output of the evaluation graph that has the logits
     * @return this builder
     */
    public Builder logits(String name) {
      this.logits = requireNonNull(name, "name");
      return this;
    }

    /** {@return the inputs} */
    public ArtifactInputs build() {
      return new ArtifactInputs(this);
    }
  }
}
