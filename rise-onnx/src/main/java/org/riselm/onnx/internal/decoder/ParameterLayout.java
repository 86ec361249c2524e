package org.riselm.onnx.internal.decoder;

import com.google.common.collect.Sets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.riselm.onnx.Lora;
import org.riselm.onnx.Precision.Bits;
import org.riselm.onnx.internal.graph.Shape;
import org.riselm.onnx.internal.graph.Value;
import org.riselm.onnx.internal.runtime.ElementType;
import org.riselm.onnx.model.DecoderConfig;

/**
 * What of a decoder is trained, and what stays as it is.
 *
 * @param config of the decoder
 * @param trained in fp32, in the order of the graphs' inputs
 * @param frozen in their own precision, in the order of the graphs' inputs, behind the trained;
 *     matrices of UINT8 are in blocks
 * @param lora if adapters are trained beside a frozen base
 * @param compute FLOAT, or BFLOAT16: what products are computed in, and what is between them; their
 *     sums, norms and losses are in fp32 inside, and so are trained parameters and gradients
 * @param recomputes whether a training step keeps only what is between layers, and computes the
 *     rest a second time on the way back
 * @param bits of the numbers of matrices that are in blocks; empty if there are none
 */
public record ParameterLayout(
    DecoderConfig config,
    List<Parameter> trained,
    Map<Parameter, ElementType> frozen,
    Optional<Lora> lora,
    ElementType compute,
    boolean recomputes,
    Optional<Bits> bits) {
  static final String LORA_A = ".lora_A.weight";
  static final String LORA_B = ".lora_B.weight";

  public ParameterLayout {
    trained = List.copyOf(trained);
    frozen = Collections.unmodifiableMap(new LinkedHashMap<>(frozen));
    if (compute != ElementType.FLOAT && compute != ElementType.BFLOAT16) {
      throw new IllegalArgumentException("compute is " + compute + "; FLOAT or BFLOAT16");
    }
  }

  /** Every parameter is trained. */
  public static ParameterLayout full(DecoderConfig config) {
    return new ParameterLayout(
        config,
        Parameter.of(config),
        Map.of(),
        Optional.empty(),
        ElementType.FLOAT,
        false,
        Optional.empty());
  }

  /**
   * Adapters are trained beside a frozen base.
   *
   * @param precision of each of the base's parameters: FLOAT, FLOAT16 or BFLOAT16
   * @throws IllegalArgumentException naming targets and exceptions that the model has no layers for
   */
  public static ParameterLayout lora(
      DecoderConfig config, Lora lora, Function<Parameter, ElementType> precision) {
    List<Parameter> adapters = new ArrayList<>();
    Map<Parameter, ElementType> frozen = new LinkedHashMap<>();
    Set<String> unused = new TreeSet<>(Sets.union(lora.targets(), lora.exceptions().keySet()));
    for (Parameter p : Parameter.of(config)) {
      frozen.put(p, precision.apply(p));
      if (LoraTargets.canAdapt(p) && LoraTargets.adapts(lora, p.layer())) {
        String layer = p.layer();
        int rank = LoraTargets.strength(lora, layer).rank();
        adapters.add(Parameter.of(layer + LORA_A, rank, p.shape().get(1)));
        adapters.add(Parameter.of(layer + LORA_B, p.shape().get(0), rank));
        unused.removeIf(target -> LoraTargets.names(target, layer));
      }
    }
    // These two name the layers of every family.
    boolean isGeneral =
        lora.targets().equals(Lora.ALL_LINEAR) || lora.targets().equals(Lora.ATTENTION);
    unused.removeIf(target -> isGeneral && lora.targets().contains(target));
    if (!unused.isEmpty()) {
      throw new IllegalArgumentException(
          "targets %s, exceptions among them, are no layers of the model".formatted(unused));
    }
    return new ParameterLayout(
        config,
        adapters,
        frozen,
        Optional.of(lora),
        ElementType.FLOAT,
        /* recomputes= */ false,
        Optional.empty());
  }

  /**
   * Nothing is trained.
   *
   * @param precision of each parameter: FLOAT, FLOAT16 or BFLOAT16
   */
  public static ParameterLayout frozen(
      DecoderConfig config, Function<Parameter, ElementType> precision) {
    Map<Parameter, ElementType> frozen = new LinkedHashMap<>();
    Parameter.of(config).forEach(p -> frozen.put(p, precision.apply(p)));
    return new ParameterLayout(
        config,
        List.of(),
        frozen,
        Optional.empty(),
        ElementType.FLOAT,
        /* recomputes= */ false,
        Optional.empty());
  }

  /**
   * This, with all frozen matrices in blocks.
   *
   * @throws IllegalArgumentException if everything is trained, or naming a matrix whose rows are
   *     not whole blocks
   */
  public ParameterLayout quantized(Bits count) {
    if (frozen.isEmpty()) {
      throw new IllegalArgumentException(
          "quantized(%s) is for weights that are not trained; add lora(Lora.rank(16)), adapter(folder) or frozen()"
              .formatted(count));
    }
    return inBlocks(trained, frozen, count);
  }

  /**
   * What is sampled from: this, with all matrices but those of adapters in blocks, trained or not.
   *
   * @throws IllegalArgumentException naming a matrix whose rows are not whole blocks
   */
  public ParameterLayout quantizedCopy(Bits count) {
    Map<Parameter, ElementType> base = new LinkedHashMap<>(frozen);
    if (lora.isEmpty()) {
      trained.forEach(p -> base.put(p, ElementType.FLOAT));
    }
    return inBlocks(lora.isEmpty() ? List.of() : trained, base, count);
  }

  private ParameterLayout inBlocks(
      List<Parameter> learned, Map<Parameter, ElementType> base, Bits count) {
    Map<Parameter, ElementType> stored = new LinkedHashMap<>();
    base.forEach((p, type) -> stored.put(p, p.isMatrix() ? ElementType.UINT8 : type));
    stored.keySet().stream().filter(Parameter::isMatrix).forEach(BlockFormat.of(count)::blocks);
    return new ParameterLayout(
        config, learned, stored, lora, compute, recomputes, Optional.of(count));
  }

  /** The format of matrices in blocks; any, if there are none. */
  public BlockFormat blocks() {
    return BlockFormat.of(bits.orElse(Bits.EIGHT));
  }

  /** The bytes of a frozen parameter. */
  public long bytes(Parameter p) {
    ElementType type = frozen.getOrDefault(p, ElementType.FLOAT);
    return type == ElementType.UINT8 ? blocks().bytes(p) : type.bytes() * p.elements();
  }

  /** What a graph takes for the frozen parameters: their names, types and shapes. */
  List<Value> frozenValues() {
    List<Value> values = new ArrayList<>();
    frozen.forEach(
        (p, type) -> {
          boolean inBlocks = type == ElementType.UINT8;
          Shape shape = Shape.of(inBlocks ? blocks().blocks(p) : p.sizes());
          values.add(new Value(p.name(), type, shape));
          if (inBlocks) {
            Shape scales = Shape.of(blocks().scaleShape(p));
            values.add(new Value(BlockFormat.scales(p.name()), ElementType.FLOAT, scales));
          }
        });
    return values;
  }

  /** This, computed in another precision. */
  public ParameterLayout computedIn(ElementType precision) {
    return new ParameterLayout(config, trained, frozen, lora, precision, recomputes, bits);
  }

  /** This, with or without recomputation. */
  public ParameterLayout recomputing(boolean recomputation) {
    return new ParameterLayout(config, trained, frozen, lora, compute, recomputation, bits);
  }
}
