package org.riselm.onnx.model;

import java.util.List;
import java.util.Set;

/** Checks that the numbers of a decoder fit together. */
final class DecoderCheck {
  // Far above any published model; what is larger is a damaged file.
  private static final int LARGEST_SIZE = 1 << 24;
  private static final int MOST_LAYERS = 4096;

  private DecoderCheck() {}

  static void of(DecoderConfig is) {
    positive("vocabularySize", is.vocabularySize());
    positive("hiddenSize", is.hiddenSize());
    positive("layers", is.layers());
    positive("heads", is.heads());
    positive("keyValueHeads", is.keyValueHeads());
    positive("headSize", is.headSize());
    positive("feedForwardSize", is.feedForwardSize());
    positive("contextLength", is.contextLength());
    if (is.heads() % is.keyValueHeads() != 0) {
      throw new IllegalArgumentException(
          "heads is %d and keyValueHeads is %d; the second must divide the first"
              .formatted(is.heads(), is.keyValueHeads()));
    }
    if (is.layers() > MOST_LAYERS) {
      throw new IllegalArgumentException("layers is " + is.layers() + "; at most " + MOST_LAYERS);
    }
    if (is.headSize() % 2 != 0) {
      throw new IllegalArgumentException("headSize is " + is.headSize() + "; it must be even");
    }
    if ((long) is.heads() * is.headSize() > LARGEST_SIZE) {
      throw new IllegalArgumentException(
          "heads is %d and headSize is %d; their product must be at most %d"
              .formatted(is.heads(), is.headSize(), LARGEST_SIZE));
    }
    if (is.slidingWindow() < 0) {
      throw new IllegalArgumentException("slidingWindow is " + is.slidingWindow() + "; 0 or more");
    }
    if (is.slidingWindow() == 0 != is.slidingLayers().isEmpty()) {
      throw new IllegalArgumentException(
          "slidingWindow is %d and slides in the layers %s; a window is for layers that slide"
              .formatted(is.slidingWindow(), is.slidingLayers()));
    }
    for (Set<Integer> some : List.of(is.slidingLayers(), is.unrotatedLayers())) {
      if (!some.stream().allMatch(layer -> layer >= 0 && layer < is.layers())) {
        throw new IllegalArgumentException(
            "layers %s are not all among 0 to %d".formatted(some, is.layers() - 1));
      }
    }
    for (Rope rope : List.of(is.rope(), is.slidingRope())) {
      int turned = rope.turned(is.headSize());
      boolean fits =
          !(rope.scaling() instanceof Rope.LongRope l) || l.shortFactors().size() == turned / 2;
      if (turned < 2 || !fits) {
        throw new IllegalArgumentException(
            "headSize is %d, of which %d numbers are turned; the rotation %s has not as many factors"
                .formatted(is.headSize(), turned, rope));
      }
    }
    if (!(is.normEpsilon() > 0) || is.normEpsilon() >= 1) {
      throw new IllegalArgumentException("normEpsilon is " + is.normEpsilon() + "; in (0, 1)");
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
}
