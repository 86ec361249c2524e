package org.riselm.onnx.internal.decoder;

import org.riselm.onnx.Lora;

/** Tells which linear layers of a model get adapters, and how strong each is. */
public final class LoraTargets {
  private LoraTargets() {}

  /** Returns whether {@code weight}, a parameter of the base, can have an adapter. */
  public static boolean canAdapt(Parameter weight) {
    return weight.isMatrix()
        && Lora.ALL_LINEAR.stream().anyMatch(name -> names(name, weight.layer()));
  }

  /** Returns whether {@code lora} adapts the linear layer of this whole name. */
  public static boolean adapts(Lora lora, String layer) {
    return lora.targets().stream().anyMatch(target -> names(target, layer));
  }

  /** Returns whether {@code target} is the name {@code layer} or an end of it, from a dot on. */
  public static boolean names(String target, String layer) {
    return layer.equals(target) || layer.endsWith("." + target);
  }

  /** Returns the rank and alpha of a layer's adapter. */
  public static Lora.Strength strength(Lora lora, String layer) {
    return lora.exceptions().getOrDefault(layer, new Lora.Strength(lora.rank(), lora.alpha()));
  }

  /** Returns the factor on the product of a layer's adapter: alpha over the rank or its root. */
  static double scale(Lora lora, String layer) {
    Lora.Strength strength = strength(lora, layer);
    return strength.alpha()
        / (lora.rankStabilized() ? Math.sqrt(strength.rank()) : (double) strength.rank());
  }
}
