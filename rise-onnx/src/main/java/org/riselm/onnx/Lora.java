package org.riselm.onnx;

import com.google.common.collect.ImmutableSortedMap;
import com.google.common.collect.ImmutableSortedSet;
import java.util.Map;
import java.util.Set;

/**
 * Low-rank adapters (LoRA, Hu et al. 2021): beside a frozen linear layer x·Wᵀ stands alpha / rank ·
 * (x·Aᵀ)·Bᵀ, and only A [rank, in] and B [out, rank] are trained. A value; {@code with…} methods
 * give changed copies.
 *
 * @param rank of the adapters
 * @param alpha the strength, over the rank
 * @param dropout the share of inputs that an adapter does not see in training, in [0, 1)
 * @param targets the linear layers that get adapters: their names, such as {@code
 *     model.layers.3.mlp.up_proj}, or ends of names from behind a dot on, such as {@code up_proj}
 * @param rankStabilized whether the strength is over the rank's root instead (rsLoRA, Kalajdzievski
 *     2023)
 * @param exceptions the layers, by whole names, whose adapters have another rank or alpha
 */
public record Lora(
    int rank,
    double alpha,
    double dropout,
    Set<String> targets,
    boolean rankStabilized,
    Map<String, Strength> exceptions) {
  /** Every linear layer of a block. */
  public static final Set<String> ALL_LINEAR =
      ImmutableSortedSet.of(
          "q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj");

  /** The linear layers of attention. */
  public static final Set<String> ATTENTION =
      ImmutableSortedSet.of("q_proj", "k_proj", "v_proj", "o_proj");

  /**
   * The size of an adapter.
   *
   * @param rank 1 or more
   * @param alpha above 0, finite
   */
  public record Strength(int rank, double alpha) {
    public Strength {
      if (rank < 1) {
        throw new IllegalArgumentException("rank is " + rank + "; 1 or more");
      }
      if (!(alpha > 0) || Double.isInfinite(alpha)) {
        throw new IllegalArgumentException("alpha is " + alpha + "; above 0, finite");
      }
    }
  }

  public Lora {
    new Strength(rank, alpha);
    if (!(dropout >= 0 && dropout < 1)) {
      throw new IllegalArgumentException("dropout is " + dropout + "; in [0, 1)");
    }
    // In order: runs record what a policy is, and compare it with what they recorded.
    targets = ImmutableSortedSet.copyOf(targets);
    exceptions = ImmutableSortedMap.copyOf(exceptions);
    if (targets.isEmpty()
        || !targets.stream().allMatch(Lora::isLinear)
        || !exceptions.keySet().stream().allMatch(Lora::isLinear)) {
      throw new IllegalArgumentException(
          "targets are %s, exceptions %s; linear layers of blocks, whose names end in one of %s"
              .formatted(targets, exceptions.keySet(), ALL_LINEAR));
    }
  }

  private static boolean isLinear(String name) {
    return ALL_LINEAR.contains(name.substring(name.lastIndexOf('.') + 1));
  }

  /** Adapters of this rank on every linear layer, alpha twice the rank, no dropout. */
  public static Lora rank(int rank) {
    return new Lora(rank, 2.0 * rank, 0, ALL_LINEAR, false, Map.of());
  }

  /** This, with another alpha. */
  public Lora withAlpha(double alpha) {
    return new Lora(rank, alpha, dropout, targets, rankStabilized, exceptions);
  }

  /** This, with another dropout. */
  public Lora withDropout(double dropout) {
    return new Lora(rank, alpha, dropout, targets, rankStabilized, exceptions);
  }

  /** This, on other layers. */
  public Lora withTargets(Set<String> targets) {
    return new Lora(rank, alpha, dropout, targets, rankStabilized, exceptions);
  }

  /** This, with the strength over the rank or over its root. */
  public Lora withRankStabilized(boolean rankStabilized) {
    return new Lora(rank, alpha, dropout, targets, rankStabilized, exceptions);
  }

  /** This, with other exceptions. */
  public Lora withExceptions(Map<String, Strength> exceptions) {
    return new Lora(rank, alpha, dropout, targets, rankStabilized, exceptions);
  }
}
