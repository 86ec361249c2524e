package org.riselm.onnx.internal.decoder;

import org.riselm.onnx.internal.graph.Graph;
import org.riselm.onnx.internal.graph.Value;
import org.riselm.onnx.internal.runtime.ElementType;
import org.riselm.onnx.model.DecoderConfig;

/**
 * The rotations of every position and frequency.
 *
 * @param cos the cosines, [context, headSize / 2]
 * @param sin the sines, [context, headSize / 2]
 */
record RotaryTables(Value cos, Value sin) {
  static RotaryTables of(Graph graph, DecoderConfig config, ElementType type) {
    int half = config.headSize() / 2;
    int context = config.contextLength();
    float[] frequencies = RotaryFrequencies.of(config.rope(), config.headSize());
    float[] cos = new float[Math.multiplyExact(context, half)];
    float[] sin = new float[cos.length];
    for (int j = 0; j < half; j++) {
      for (int position = 0; position < context; position++) {
        float angle = position * frequencies[j];
        cos[position * half + j] = (float) StrictMath.cos(angle);
        sin[position * half + j] = (float) StrictMath.sin(angle);
      }
    }
    return new RotaryTables(
        graph.constant(cos, type, context, half), graph.constant(sin, type, context, half));
  }
}
