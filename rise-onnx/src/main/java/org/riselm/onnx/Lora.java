package org.riselm.onnx;

import com.google.common.collect.ImmutableSortedMap;
import com.google.common.collect.ImmutableSortedSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Low-rank adapters (LoRA, Hu et al. 2021): beside a frozen linear layer x·Wᵀ, alpha / rank ·
 * (x·Aᵀ)·Bᵀ is added, and only A [rank, in] and B [out, rank] are trained. Immutable.
 */
public final class Lora {
  /** The linear layers of attention, in every family; a model has those that its family has. */
  public static final Set<String> ATTENTION =
      ImmutableSortedSet.of("q_proj", "k_proj", "v_proj", "qkv_proj", "o_proj");

  /** Every linear layer of a block, in every family; a model has those that its family has. */
  public static final Set<String> ALL_LINEAR =
      ImmutableSortedSet.<String>naturalOrder()
          .addAll(ATTENTION)
          .add("gate_proj", "up_proj", "gate_up_proj", "down_proj")
          .add("input_linear", "output_linear")
          .build();

  private final int rank;
  private final double alpha;
  private final double dropout;
  private final ImmutableSortedSet<String> targets;
  private final boolean rankStabilized;
  private final ImmutableSortedMap<String, Strength> exceptions;

  /**
   * The size of an adapter.
   *
   * @param rank 1 or more
   * @param alpha above 0, finite
   */
  public record Strength(int rank, double alpha) {
    /** Checks both. */
    public Strength {
      if (rank < 1) {
        throw new IllegalArgumentException("rank is " + rank + "; 1 or more");
      }
      if (!(alpha > 0) || Double.isInfinite(alpha)) {
        throw new IllegalArgumentException("alpha is " + alpha + "; above 0, finite");
      }
    }
  }

  private Lora(Builder b) {
    Strength strength = new Strength(b.rank, b.alpha);
    rank = strength.rank();
    alpha = strength.alpha();
    dropout = b.dropout;
    // Sorted: runs record what a policy is, and compare it with what they recorded.
    targets = ImmutableSortedSet.copyOf(b.targets);
    rankStabilized = b.rankStabilized;
    exceptions = ImmutableSortedMap.copyOf(b.exceptions);
    if (!(dropout >= 0 && dropout < 1)) {
      throw new IllegalArgumentException("dropout is " + dropout + "; in [0, 1)");
    }
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

  /**
   * {@return adapters of this rank with every default of {@link Builder}}
   *
   * @param rank the rank; 1 or more
   */
  public static Lora rank(int rank) {
    return builder(rank).build();
  }

  /**
   * Starts with adapters of this rank; 1 or more.
   *
   * @param rank the rank; 1 or more
   * @return a builder
   */
  public static Builder builder(int rank) {
    return new Builder(rank);
  }

  /**
   * Starts from these adapters.
   *
   * @return a builder
   */
  public Builder toBuilder() {
    Builder b = new Builder(rank);
    b.alpha = alpha;
    b.dropout = dropout;
    b.targets = targets;
    b.rankStabilized = rankStabilized;
    b.exceptions = exceptions;
    return b;
  }

  /** {@return the rank of the adapters} */
  public int rank() {
    return rank;
  }

  /** {@return what {@link Builder#alpha} sets} */
  public double alpha() {
    return alpha;
  }

  /** {@return what {@link Builder#dropout} sets} */
  public double dropout() {
    return dropout;
  }

  /** {@return what {@link Builder#targets} sets} */
  public Set<String> targets() {
    return targets;
  }

  /** {@return what {@link Builder#rankStabilized} sets} */
  public boolean rankStabilized() {
    return rankStabilized;
  }

  /** {@return what {@link Builder#exceptions} sets} */
  public Map<String, Strength> exceptions() {
    return exceptions;
  }

  /** The options by name: what equality and {@link #toString} go by. */
  private Map<String, Object> values() {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("rank", rank);
    values.put("alpha", alpha);
    values.put("dropout", dropout);
    values.put("targets", targets);
    values.put("rankStabilized", rankStabilized);
    values.put("exceptions", exceptions);
    return values;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Lora o && values().equals(o.values());
  }

  @Override
  public int hashCode() {
    return values().hashCode();
  }

  @Override
  public String toString() {
    return "Lora" + values();
  }

  /** Collects options. Not thread-safe. */
  public static final class Builder {
    private final int rank;
    private double alpha;
    private double dropout;
    private Set<String> targets = ALL_LINEAR;
    private boolean rankStabilized;
    private Map<String, Strength> exceptions = Map.of();

    private Builder(int rank) {
      this.rank = rank;
      this.alpha = 2.0 * rank;
    }

    /**
     * Sets the strength, which is divided by the rank; by default twice the rank.
     *
     * @param alpha the strength
     * @return this builder
     */
    public Builder alpha(double alpha) {
      this.alpha = alpha;
      return this;
    }

    /**
     * Sets the share of inputs that an adapter does not see in training, in [0, 1); by default 0.
     *
     * @param dropout the share of inputs that an adapter does not see in training
     * @return this builder
     */
    public Builder dropout(double dropout) {
      this.dropout = dropout;
      return this;
    }

    /**
     * Sets the linear layers that get adapters, by default {@link #ALL_LINEAR}: their names, such
     * as {@code model.layers.3.mlp.up_proj}, or ends of names from behind a dot on, such as {@code
     * up_proj}.
     *
     * @param targets the linear layers that get adapters
     * @return this builder
     */
    public Builder targets(Set<String> targets) {
      this.targets = targets;
      return this;
    }

    /**
     * Sets whether the strength is divided by the root of the rank instead (rsLoRA, Kalajdzievski
     * 2023); by default it is not.
     *
     * @param rankStabilized whether the strength is divided by the root of the rank instead (rsLoRA
     * @return this builder
     */
    public Builder rankStabilized(boolean rankStabilized) {
      this.rankStabilized = rankStabilized;
      return this;
    }

    /**
     * Sets the layers, by whole names, whose adapters have another rank or alpha.
     *
     * @param exceptions the layers
     * @return this builder
     */
    public Builder exceptions(Map<String, Strength> exceptions) {
      this.exceptions = exceptions;
      return this;
    }

    /**
     * {@return the adapters}
     *
     * @throws IllegalArgumentException naming what is out of range
     */
    public Lora build() {
      return new Lora(this);
    }
  }
}
