package org.riselm.onnx.internal.decoder;

import org.riselm.onnx.internal.graph.Dim;
import org.riselm.onnx.internal.graph.Graph;
import org.riselm.onnx.internal.graph.Ops;
import org.riselm.onnx.internal.graph.Shape;
import org.riselm.onnx.internal.graph.Value;
import org.riselm.onnx.internal.runtime.ElementType;
import org.riselm.onnx.model.DecoderConfig;

/**
 * The rotations of every position and frequency, for as many positions as a run has.
 *
 * @param cos the cosines, [positions, headSize / 2]
 * @param sin the sines, [positions, headSize / 2]
 */
record RotaryTables(Value cos, Value sin) {
  /** Adds nodes that compute the tables, of the positions from 0 to below {@code count}. */
  static RotaryTables computed(
      Ops ops, DecoderConfig config, Value count, Dim positions, ElementType type) {
    float[] frequencies = RotaryFrequencies.of(config.rope(), config.headSize());
    Value steps = ops.unsqueeze(ops.cast(ops.range(count, positions), ElementType.FLOAT), 1);
    Value angles = ops.mul(steps, ops.graph().constant(frequencies, frequencies.length));
    return new RotaryTables(ops.as(ops.cos(angles), type), ops.as(ops.sin(angles), type));
  }

  /**
   * Adds inputs that {@link RotaryAngles} fills: {@code rotary_cos} and {@code rotary_sin}, for the
   * graph that runs once a token and so must not compute them.
   */
  static RotaryTables inputs(Graph graph, DecoderConfig config, ElementType type) {
    Shape shape = Shape.of(Dim.of("positions"), Dim.of(config.headSize() / 2));
    return new RotaryTables(
        graph.input("rotary_cos", type, shape), graph.input("rotary_sin", type, shape));
  }
}
