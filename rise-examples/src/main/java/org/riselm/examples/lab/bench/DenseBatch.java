package org.riselm.examples.lab.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.riselm.onnx.internal.train.EncodedExample;

/** Random sequences of full length, of which every token but the first is learned. */
final class DenseBatch {
  private DenseBatch() {}

  static List<EncodedExample> of(Shape shape) {
    SplittableRandom random = new SplittableRandom(3);
    int vocabulary = shape.config().vocabularySize();
    List<EncodedExample> examples = new ArrayList<>();
    for (int row = 0; row < shape.rows(); row++) {
      int[] first = {random.nextInt(vocabulary)};
      int[] rest = random.ints(shape.columns(), 0, vocabulary).toArray();
      examples.add(EncodedExample.of(first, rest, 1));
    }
    return examples;
  }
}
