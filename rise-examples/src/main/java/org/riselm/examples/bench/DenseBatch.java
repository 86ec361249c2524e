package org.riselm.examples.bench;

import java.util.SplittableRandom;
import org.riselm.onnx.train.MicroBatch;

/** Random sequences of full length, of which every token is learned from. */
final class DenseBatch {
  private DenseBatch() {}

  static MicroBatch of(Shape shape) {
    int tokens = shape.rows() * shape.columns();
    SplittableRandom random = new SplittableRandom(3);
    int vocabulary = shape.config().vocabularySize();
    long[] ids = random.longs(tokens, 0, vocabulary).toArray();
    long[] positions = new long[tokens];
    float[] weights = new float[tokens];
    for (int i = 0; i < tokens; i++) {
      positions[i] = i;
      weights[i] = 1f / tokens;
    }
    long[] targets = random.longs(tokens, 0, vocabulary).toArray();
    return new MicroBatch(shape.rows(), shape.columns(), ids, positions, targets, weights);
  }
}
