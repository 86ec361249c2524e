package org.riselm.onnx;

import static java.util.Objects.requireNonNull;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.riselm.core.internal.util.Checks;
import org.riselm.onnx.Precision.Bits;

/**
 * How a policy uses the machine. None of it changes what the policy is; a device and its precision
 * change how exactly it is computed. Immutable.
 */
public final class OnnxOptions {
  private final int threads;
  private final int samplingBatch;
  private final int microBatchTokens;
  private final long memoryLimit;
  private final Device device;
  private final Optional<Precision> precision;
  private final long prefixBytes;
  private final boolean recomputation;
  private final Optional<Bits> rollouts;

  private OnnxOptions(Builder b) {
    threads = Checks.atLeastOne("threads", b.threads);
    samplingBatch = Checks.atLeastOne("samplingBatch", b.samplingBatch);
    microBatchTokens = Checks.atLeastOne("microBatchTokens", b.microBatchTokens);
    memoryLimit = notNegative("memoryLimit", b.memoryLimit);
    device = b.device;
    precision = Optional.ofNullable(b.precision);
    prefixBytes = notNegative("prefixBytes", b.prefixBytes);
    recomputation = b.recomputation;
    rollouts = b.rollouts;
    if (rollouts.isPresent() && device.isCuda()) {
      throw new IllegalArgumentException(
          "quantizedRollouts(%s) is for a CPU; %s samples in 16 bits"
              .formatted(rollouts.get(), device));
    }
    if (prefixBytes > 0 && device.hasOwnMemory()) {
      throw new IllegalArgumentException(
          "prefixBytes is %d on %s; only the CPU keeps prefixes".formatted(prefixBytes, device));
    }
    boolean possible =
        precision() == Precision.FLOAT32 || (device.isCuda() && precision() == Precision.BFLOAT16);
    if (!possible) {
      throw new IllegalArgumentException(
          "precision is %s on %s; FLOAT32, or BFLOAT16 on a GPU".formatted(precision(), device));
    }
  }

  private static long notNegative(String name, long value) {
    if (value < 0) {
      throw new IllegalArgumentException(name + " is " + value + "; 0 or more");
    }
    return value;
  }

  /** {@return the options with every default of {@link Builder}} */
  public static OnnxOptions ofDefaults() {
    return builder().build();
  }

  /**
   * Starts from the defaults.
   *
   * @return a builder
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Starts from these options.
   *
   * @return a builder
   */
  public Builder toBuilder() {
    Builder b = new Builder();
    b.threads = threads;
    b.samplingBatch = samplingBatch;
    b.microBatchTokens = microBatchTokens;
    b.memoryLimit = memoryLimit;
    b.device = device;
    b.precision = precision.orElse(null);
    b.prefixBytes = prefixBytes;
    b.recomputation = recomputation;
    b.rollouts = rollouts;
    return b;
  }

  /** {@return what {@link Builder#threads} sets} */
  public int threads() {
    return threads;
  }

  /** {@return what {@link Builder#samplingBatch} sets} */
  public int samplingBatch() {
    return samplingBatch;
  }

  /** {@return what {@link Builder#microBatchTokens} sets} */
  public int microBatchTokens() {
    return microBatchTokens;
  }

  /** {@return what {@link Builder#memoryLimit} sets} */
  public long memoryLimit() {
    return memoryLimit;
  }

  /** {@return what {@link Builder#device} sets} */
  public Device device() {
    return device;
  }

  /** {@return what {@link Builder#precision} sets} */
  public Precision precision() {
    return precision.orElse(device.isCuda() ? Precision.BFLOAT16 : Precision.FLOAT32);
  }

  /** {@return what {@link Builder#prefixBytes} sets} */
  public long prefixBytes() {
    return prefixBytes;
  }

  /** {@return what {@link Builder#recomputation} sets} */
  public boolean recomputation() {
    return recomputation;
  }

  /** {@return what {@link Builder#quantizedRollouts} sets; empty by default} */
  public Optional<Bits> quantizedRollouts() {
    return rollouts;
  }

  /** The options by name: what equality and {@link #toString} go by. */
  private Map<String, Object> values() {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("threads", threads);
    values.put("samplingBatch", samplingBatch);
    values.put("microBatchTokens", microBatchTokens);
    values.put("memoryLimit", memoryLimit);
    values.put("device", device);
    values.put("precision", precision());
    values.put("prefixBytes", prefixBytes);
    values.put("recomputation", recomputation);
    rollouts.ifPresent(bits -> values.put("quantizedRollouts", bits));
    return values;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof OnnxOptions o && values().equals(o.values());
  }

  @Override
  public int hashCode() {
    return values().hashCode();
  }

  @Override
  public String toString() {
    return "OnnxOptions" + values();
  }

  /** Collects options. Not thread-safe. */
  public static final class Builder {
    private int threads = Runtime.getRuntime().availableProcessors();
    private int samplingBatch = 64;
    private int microBatchTokens = 4096;
    private long memoryLimit;
    private Device device = Device.CPU;
    private @Nullable Precision precision;
    private long prefixBytes;
    private boolean recomputation;
    private Optional<Bits> rollouts = Optional.empty();

    private Builder() {}

    /**
     * Sets how many threads ONNX Runtime uses in one call, the calling one included; by default one
     * for every processor.
     *
     * @param threads how many threads ONNX Runtime uses in one call
     * @return this builder
     */
    public Builder threads(int threads) {
      this.threads = threads;
      return this;
    }

    /**
     * Sets the most responses that are sampled together; by default 64.
     *
     * @param samplingBatch the most responses that are sampled together
     * @return this builder
     */
    public Builder samplingBatch(int samplingBatch) {
      this.samplingBatch = samplingBatch;
      return this;
    }

    /**
     * Sets the most tokens, padding counted, that a training step processes at a time, unless one
     * sequence has more; by default 4096. Larger batches are accumulated.
     *
     * @param microBatchTokens the most tokens
     * @return this builder
     */
    public Builder microBatchTokens(int microBatchTokens) {
      this.microBatchTokens = microBatchTokens;
      return this;
    }

    /**
     * Sets the most native memory, in bytes, that the policy may need of the host and, if it has
     * one, of its device. 0, the default, is what the machine, its container or the device has left
     * when it is needed; {@link Long#MAX_VALUE} refuses nothing. Work that is predicted to need
     * more throws {@link NotEnoughMemoryException} before it allocates any.
     *
     * @param memoryLimit the most native memory
     * @return this builder
     */
    public Builder memoryLimit(long memoryLimit) {
      this.memoryLimit = memoryLimit;
      return this;
    }

    /**
     * Sets where the model samples, learns and scores; by default the CPU.
     *
     * @param device where the model samples
     * @return this builder
     */
    public Builder device(Device device) {
      this.device = requireNonNull(device, "device");
      return this;
    }

    /**
     * Sets the precision to learn and score in: FLOAT32 or, on a GPU, BFLOAT16, each the default
     * there. Trained weights, gradients and moments are in FLOAT32 either way. Sampling on a GPU is
     * always in BFLOAT16: its attention kernel has no FLOAT32.
     *
     * @param precision the precision to learn and score in
     * @return this builder
     */
    public Builder precision(Precision precision) {
      this.precision = requireNonNull(precision, "precision");
      return this;
    }

    /**
     * Sets the most memory, in bytes, for keys and values of earlier prompts and responses: a turn
     * whose prompt begins with the last turn's is computed from there on only. 0, the default,
     * computes every prompt whole. What continues a prefix has other rounding errors, so a run that
     * was stopped and resumed may end with other bytes than one that was not.
     *
     * @param prefixBytes the most memory
     * @return this builder
     */
    public Builder prefixBytes(long prefixBytes) {
      this.prefixBytes = prefixBytes;
      return this;
    }

    /**
     * Sets whether training steps keep only the hidden states between layers and compute the rest
     * again on the backward pass: less memory for about a third more time, and the same gradients.
     * By default they do not.
     *
     * @param recomputation whether training steps keep only the hidden states between layers and
     *     compute the rest again on the backward pass
     * @return this builder
     */
    public Builder recomputation(boolean recomputation) {
      this.recomputation = recomputation;
      return this;
    }

    /**
     * Samples from a copy of the weights that is quantized, matrices and embeddings, each time
     * after they have changed, on a CPU: for large models faster than from 32-bit floats.
     * Everything that the policy samples is sampled so, evaluations too; what it learns, scores and
     * saves is in full precision. By default it samples from the weights themselves.
     *
     * <p>The responses are then not the policy's own: a run reports how far they are from it (see
     * {@link org.riselm.core.IterationReport.RolloutStats#divergence}), and refuses policy
     * gradients.
     *
     * @param bits of each number
     * @return this builder
     */
    public Builder quantizedRollouts(Bits bits) {
      this.rollouts = Optional.of(bits);
      return this;
    }

    /**
     * {@return the options}
     *
     * @throws IllegalArgumentException naming the option that is out of range, or that the device
     *     does not have
     */
    public OnnxOptions build() {
      return new OnnxOptions(this);
    }
  }
}
