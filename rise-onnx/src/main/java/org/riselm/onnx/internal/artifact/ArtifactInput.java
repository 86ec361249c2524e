package org.riselm.onnx.internal.artifact;

import com.google.common.collect.ImmutableSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.riselm.onnx.artifact.ArtifactInputs;
import org.riselm.onnx.internal.runtime.ElementType;

/** What an input of training artifacts may stand for, and what it may hold then. */
enum ArtifactInput {
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

  /**
   * Returns what each input stands for, by its name, in the words of {@link #toString}.
   *
   * @throws IllegalArgumentException naming an input that stands for two things
   */
  static Map<String, ArtifactInput> roles(ArtifactInputs inputs) {
    Map<String, ArtifactInput> roles = new LinkedHashMap<>();
    put(roles, inputs.tokenIds(), TOKEN_IDS);
    put(roles, inputs.labels(), LABELS);
    inputs.attentionMask().ifPresent(name -> put(roles, name, ATTENTION_MASK));
    inputs.positions().ifPresent(name -> put(roles, name, POSITIONS));
    inputs.weights().ifPresent(name -> put(roles, name, WEIGHTS));
    return roles;
  }

  private static void put(Map<String, ArtifactInput> roles, String name, ArtifactInput role) {
    ArtifactInput other = roles.put(name, role);
    if (other != null) {
      throw new IllegalArgumentException(
          "input %s stands for %s and for %s; it can be one thing".formatted(name, other, role));
    }
  }

  @Override
  public String toString() {
    return words;
  }
}
