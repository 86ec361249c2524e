package org.riselm.onnx.internal.artifact;

import com.google.common.collect.ImmutableSet;
import java.util.Set;
import org.riselm.onnx.internal.runtime.ElementType;

/** What an input of training artifacts may stand for, and what it may hold then. */
public enum ArtifactInput {
  TOKEN_IDS("the token ids", Set.of(2), ElementType.INT64, ElementType.INT32),
  ATTENTION_MASK(
      "the attention mask", Set.of(2), ElementType.INT64, ElementType.INT32, ElementType.FLOAT),
  POSITIONS("the positions", Set.of(2), ElementType.INT64, ElementType.INT32),
  LABELS("the labels", Set.of(1, 2), ElementType.INT64, ElementType.INT32),
  WEIGHTS("the weights", Set.of(1, 2), ElementType.FLOAT);

  private final String words;
  private final ImmutableSet<Integer> ranks;
  private final ImmutableSet<ElementType> types;

  ArtifactInput(String words, Set<Integer> ranks, ElementType... types) {
    this.words = words;
    this.ranks = ImmutableSet.copyOf(ranks);
    this.types = ImmutableSet.copyOf(types);
  }

  boolean takes(ElementType type, int rank) {
    return types.contains(type) && ranks.contains(rank);
  }

  /** What {@link #takes} wants, in words. */
  String wanted() {
    return "%s for %s, with %s dimensions"
        .formatted(
            String.join(" or ", types.stream().map(ElementType::name).sorted().toList()),
            words,
            String.join(" or ", ranks.stream().sorted().map(String::valueOf).toList()));
  }

  @Override
  public String toString() {
    return words;
  }
}
