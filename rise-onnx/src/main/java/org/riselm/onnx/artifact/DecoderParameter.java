package org.riselm.onnx.artifact;

import java.util.List;

/**
 * A tensor of floating-point numbers that a decoder has, and what becomes of it.
 *
 * @param name of the initializer
 * @param shape of it
 * @param role what becomes of it
 * @param why it has this role, in words; for those that are trained, what else is to know of them,
 *     mostly nothing
 */
public record DecoderParameter(String name, List<Long> shape, Role role, String why) {
  /** What becomes of a tensor. */
  public enum Role {
    /** It is trained. */
    TRAINED,
    /** It stays as it is, because that was asked for. */
    FROZEN,
    /** It stays as it is, because it is not a weight, or the logits do not depend on it. */
    CONSTANT
  }

  /** Copies the shape. */
  public DecoderParameter {
    shape = List.copyOf(shape);
  }

  /** {@return how many numbers it has} */
  public long elements() {
    return shape.stream().reduce(1L, Math::multiplyExact);
  }
}
