package org.riselm.onnx.model;

import org.riselm.onnx.graph.Graph;
import org.riselm.onnx.graph.Value;

/**
 * The rotations of every position and frequency (RoPE, Su et al. 2021).
 *
 * @param cos the cosines, [context, headSize / 2]
 * @param sin the sines, [context, headSize / 2]
 */
record RotaryTables(Value cos, Value sin) {
  static RotaryTables of(Graph graph, DecoderConfig config) {
    int half = config.headSize() / 2;
    int context = config.contextLength();
    float[] cos = new float[context * half];
    float[] sin = new float[context * half];
    for (int j = 0; j < half; j++) {
      double frequency = StrictMath.pow(config.ropeTheta(), -2.0 * j / config.headSize());
      for (int position = 0; position < context; position++) {
        // In single precision, as every published checkpoint was trained.
        float angle = position * (float) frequency;
        cos[position * half + j] = (float) StrictMath.cos(angle);
        sin[position * half + j] = (float) StrictMath.sin(angle);
      }
    }
    return new RotaryTables(graph.constant(cos, context, half), graph.constant(sin, context, half));
  }
}
