package org.riselm.onnx.model;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.riselm.onnx.runtime.ElementType;

/**
 * What of a decoder is trained, and what stays as it is.
 *
 * @param config of the decoder
 * @param trained in fp32, in the order of the graphs' inputs
 * @param frozen in their own precision, in the order of the graphs' inputs, behind the trained
 * @param lora if adapters are trained beside a frozen base
 */
public record Layout(
    DecoderConfig config,
    List<Parameter> trained,
    Map<Parameter, ElementType> frozen,
    Optional<Lora> lora) {
  static final String LORA_A = ".lora_A.weight";
  static final String LORA_B = ".lora_B.weight";

  public Layout {
    trained = List.copyOf(trained);
    frozen = Collections.unmodifiableMap(new LinkedHashMap<>(frozen));
  }

  /** Every parameter is trained. */
  public static Layout full(DecoderConfig config) {
    return new Layout(config, Parameter.of(config), Map.of(), Optional.empty());
  }

  /**
   * Adapters are trained beside a frozen base.
   *
   * @param precision of each of the base's parameters: FLOAT, FLOAT16 or BFLOAT16
   */
  public static Layout lora(
      DecoderConfig config, Lora lora, Function<Parameter, ElementType> precision) {
    List<Parameter> adapters = new ArrayList<>();
    Map<Parameter, ElementType> frozen = new LinkedHashMap<>();
    for (Parameter p : Parameter.of(config)) {
      frozen.put(p, precision.apply(p));
      if (lora.adapts(p)) {
        String layer = p.layer();
        adapters.add(Parameter.of(layer + LORA_A, lora.rank(), p.shape().get(1)));
        adapters.add(Parameter.of(layer + LORA_B, p.shape().get(0), lora.rank()));
      }
    }
    return new Layout(config, adapters, frozen, Optional.of(lora));
  }
}
