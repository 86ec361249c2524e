package org.riselm.onnx.model;

import com.google.common.collect.ImmutableSortedSet;
import java.util.Set;

/**
 * Low-rank adapters (LoRA, Hu et al. 2021): beside a frozen linear layer x·Wᵀ stands alpha / rank ·
 * (x·Aᵀ)·Bᵀ, and only A [rank, in] and B [out, rank] are trained. A value; {@code with…} methods
 * give changed copies.
 *
 * @param rank of the adapters
 * @param alpha the strength, over the rank
 * @param dropout the share of inputs that an adapter does not see in training, in [0, 1)
 * @param targets the linear layers that get adapters, by the last part of their names
 */
public record Lora(int rank, double alpha, double dropout, Set<String> targets) {
  /** Every linear layer of a block. */
  public static final Set<String> ALL_LINEAR =
      Set.of("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj");

  /** The linear layers of attention. */
  public static final Set<String> ATTENTION = Set.of("q_proj", "k_proj", "v_proj", "o_proj");

  public Lora {
    if (rank < 1) {
      throw new IllegalArgumentException("rank is " + rank + "; 1 or more");
    }
    if (!(alpha > 0) || Double.isInfinite(alpha)) {
      throw new IllegalArgumentException("alpha is " + alpha + "; above 0, finite");
    }
    if (!(dropout >= 0 && dropout < 1)) {
      throw new IllegalArgumentException("dropout is " + dropout + "; in [0, 1)");
    }
    // In order: runs record what a policy is, and compare it with what they recorded.
    targets = ImmutableSortedSet.copyOf(targets);
    if (targets.isEmpty() || !ALL_LINEAR.containsAll(targets)) {
      throw new IllegalArgumentException(
          "targets are %s; some of %s".formatted(targets, ImmutableSortedSet.copyOf(ALL_LINEAR)));
    }
  }

  /** Adapters of this rank on every linear layer, alpha twice the rank, no dropout. */
  public static Lora rank(int rank) {
    return new Lora(rank, 2.0 * rank, 0, ALL_LINEAR);
  }

  /** This, with another alpha. */
  public Lora withAlpha(double alpha) {
    return new Lora(rank, alpha, dropout, targets);
  }

  /** This, with another dropout. */
  public Lora withDropout(double dropout) {
    return new Lora(rank, alpha, dropout, targets);
  }

  /** This, on other layers. */
  public Lora withTargets(Set<String> targets) {
    return new Lora(rank, alpha, dropout, targets);
  }

  /** What an adapter's product is multiplied by. */
  public double scale() {
    return alpha / rank;
  }

  /** Whether {@code weight}, a parameter of the base, gets an adapter. */
  boolean adapts(Parameter weight) {
    return targets.stream().anyMatch(t -> weight.name().endsWith("." + t + ".weight"));
  }
}
