package org.riselm.onnx.artifact;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/**
 * What the user inputs of training artifacts that were made elsewhere stand for. A value; {@code
 * with…} methods give changed copies.
 *
 * <p>Ids, mask and positions are matrices [rows, columns]; labels and weights are such matrices or
 * have all rows behind each other, [rows · columns], as the graph says. Where the graph fixes a
 * size, batches are filled up to it.
 *
 * @param tokenIds the input of the token ids; int64 or int32
 * @param labels the input of what is learned at each place; int64 or int32
 * @param place where a label stands
 * @param ignoredLabel stands where nothing is learned
 * @param attentionMask the input that is 1 for every token, if there is one; int64, int32 or float.
 *     Padding is behind its row, where a causal model does not see it, and has 1 too
 * @param positions the input of each token's place in its row, from 0, if there is one; int64 or
 *     int32
 * @param weights the input of each label's weight, if there is one; float. The loss must then be Σ
 *     weight · −log p(label). If there is none, the loss must be the mean over the labels that are
 *     not ignored
 * @param logits the output of the evaluation graph that has the logits, if there is one; float
 *     [rows, columns, vocabulary] or [rows · columns, vocabulary]
 */
public record ArtifactInputs(
    String tokenIds,
    String labels,
    LabelPlace place,
    long ignoredLabel,
    Optional<String> attentionMask,
    Optional<String> positions,
    Optional<String> weights,
    Optional<String> logits) {
  /** Where a label stands. */
  public enum LabelPlace {
    /** At the place of the token before it, whose logits predict it. */
    BEFORE,
    /** At its own place: the graph shifts labels, as Hugging Face's models do. */
    OWN
  }

  /** What PyTorch, and so most, ignore. */
  private static final long IGNORED = -100;

  public ArtifactInputs {
    requireNonNull(tokenIds, "tokenIds");
    requireNonNull(labels, "labels");
    requireNonNull(place, "place");
  }

  /** Ids and labels, each label before its token; −100 is ignored, and the loss is a mean. */
  public static ArtifactInputs of(String tokenIds, String labels) {
    return new ArtifactInputs(
        tokenIds,
        labels,
        LabelPlace.BEFORE,
        IGNORED,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  /** This, with labels at their own places. */
  public ArtifactInputs withLabelsAtOwnPlace() {
    return new ArtifactInputs(
        tokenIds, labels, LabelPlace.OWN, ignoredLabel, attentionMask, positions, weights, logits);
  }

  /** This, with another label where nothing is learned. */
  public ArtifactInputs withIgnoredLabel(long label) {
    return new ArtifactInputs(
        tokenIds, labels, place, label, attentionMask, positions, weights, logits);
  }

  /** This, with an input that is 1 for every token. */
  public ArtifactInputs withAttentionMask(String name) {
    return new ArtifactInputs(
        tokenIds, labels, place, ignoredLabel, Optional.of(name), positions, weights, logits);
  }

  /** This, with an input of the places of the tokens. */
  public ArtifactInputs withPositions(String name) {
    return new ArtifactInputs(
        tokenIds, labels, place, ignoredLabel, attentionMask, Optional.of(name), weights, logits);
  }

  /** This, with an input of the weights of the labels. */
  public ArtifactInputs withWeights(String name) {
    return new ArtifactInputs(
        tokenIds, labels, place, ignoredLabel, attentionMask, positions, Optional.of(name), logits);
  }

  /** This, with an output of the evaluation graph that has the logits. */
  public ArtifactInputs withLogits(String name) {
    return new ArtifactInputs(
        tokenIds,
        labels,
        place,
        ignoredLabel,
        attentionMask,
        positions,
        weights,
        Optional.of(name));
  }
}
