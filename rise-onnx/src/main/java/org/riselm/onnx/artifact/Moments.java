package org.riselm.onnx.artifact;

/**
 * What AdamW remembers of one parameter's gradients.
 *
 * @param first the running mean, named {@code momentum0}; of the parameter's shape
 * @param second the running mean of squares, named {@code momentum1}; of the parameter's shape
 */
public record Moments(NamedTensor first, NamedTensor second) {
  public static final String FIRST = "momentum0";
  public static final String SECOND = "momentum1";

  public Moments {
    if (!first.name().equals(FIRST) || !second.name().equals(SECOND)) {
      throw new IllegalArgumentException(
          "found moments named %s and %s, expected %s and %s"
              .formatted(first.name(), second.name(), FIRST, SECOND));
    }
    if (!first.shape().equals(second.shape())) {
      throw new IllegalArgumentException(
          "found moments of shapes %s and %s, expected the same"
              .formatted(first.shape(), second.shape()));
    }
  }
}
