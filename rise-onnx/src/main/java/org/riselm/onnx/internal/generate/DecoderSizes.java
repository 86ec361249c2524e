package org.riselm.onnx.internal.generate;

import java.util.List;
import org.riselm.onnx.internal.runtime.ElementType;
import org.riselm.onnx.internal.runtime.OnnxSession;
import org.riselm.onnx.internal.runtime.Port;

/**
 * The sizes of a decoder, read off its sampling graph.
 *
 * <p>Inputs: {@code input_ids} int64 [batch, sequence]; {@code seqlens_k} int32 [batch], each row's
 * length with the new tokens, minus 1; {@code total_sequence_length} int32, the longest row's
 * length; {@code last_index} int64 [batch], where in batch × sequence each row's last token is;
 * {@code rotary_cos} and {@code rotary_sin} float [positions, half a head's size]; and per layer
 * {@code past_key_i} and {@code past_value_i} float [batch, heads, capacity, head size]. Outputs:
 * {@code logits} float [batch, vocabulary], and per layer {@code present_key_i} and {@code
 * present_value_i}, written in place where they are the pasts' memory.
 *
 * @param layers with a cache of their own
 * @param heads key-value heads per layer
 * @param headSize numbers per head and token
 * @param vocabulary logits per row
 * @param cacheType what keys and values are kept as
 */
record DecoderSizes(int layers, int heads, int headSize, int vocabulary, ElementType cacheType) {
  static DecoderSizes of(OnnxSession session) {
    for (String name :
        List.of(
            "input_ids",
            "seqlens_k",
            "total_sequence_length",
            "last_index",
            "rotary_cos",
            "rotary_sin",
            "past_key_0")) {
      find(session.inputs(), "input", name);
    }
    int layers = 0;
    for (Port port : session.inputs()) {
      if (port.name().startsWith("past_key_")) {
        find(session.inputs(), "input", "past_key_" + layers);
        find(session.inputs(), "input", "past_value_" + layers);
        find(session.outputs(), "output", "present_key_" + layers);
        find(session.outputs(), "output", "present_value_" + layers);
        layers++;
      }
    }
    Port cache = find(session.inputs(), "input", "past_key_0");
    Port logits = find(session.outputs(), "output", "logits");
    return new DecoderSizes(
        layers, fixed(cache, 1, 4), fixed(cache, 3, 4), fixed(logits, 1, 2), cache.type());
  }

  private static Port find(List<Port> ports, String kind, String name) {
    return ports.stream()
        .filter(p -> p.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "the graph has no %s %s, which a sampling graph has; it has %s"
                        .formatted(kind, name, ports.stream().map(Port::name).toList())));
  }

  private static int fixed(Port port, int dimension, int rank) {
    if (port.shape().size() != rank || port.shape().get(dimension) < 1) {
      throw new IllegalArgumentException(
          "%s has the shape %s; of its %d dimensions, number %d must be fixed"
              .formatted(port.name(), port.shape(), rank, dimension));
    }
    return Math.toIntExact(port.shape().get(dimension));
  }
}
