package org.riselm.onnx;

import java.util.function.Consumer;
import org.riselm.onnx.internal.runtime.ElementType;

/**
 * How a policy uses the machine; none of it changes what the policy is. A value; {@link
 * #ofDefaults} is the start, {@code with…} methods give changed copies.
 *
 * @param threads that ONNX Runtime uses in one call, the calling one included
 * @param samplingBatch the most answers that are sampled together
 * @param microBatchTokens the most tokens, padding counted, that a training step has in work at a
 *     time, unless one sequence has more; larger batches are accumulated
 * @param stepping what runs the training steps
 * @param memoryLimit the most native memory, in bytes, that a policy may need of the host and, if
 *     it has one, of its device; 0 is what is left on the machine, in its container, or on the
 *     device, when it is needed. What is predicted to need more throws {@link
 *     NotEnoughMemoryException} before any of it is taken
 * @param device where the model is while it samples, learns and scores
 * @param precision FLOAT or, on a GPU, BFLOAT16: what is computed in while it learns and scores.
 *     Trained numbers, gradients and moments are in fp32 either way. Sampling on a GPU is in
 *     bfloat16 always: its attention kernel has no fp32
 * @param prefixBytes the most memory, in bytes, for keys and values of earlier prompts and answers:
 *     a turn whose prompt begins with the last turn's is then run from there on only. 0, the
 *     default, runs every prompt whole: what goes on has other rounding errors, so a run that was
 *     stopped and resumed may end with other bytes than one that was not
 * @param recomputation whether training steps in plain sessions keep only the hidden states between
 *     layers and compute the rest a second time on the way back: less memory for about a third more
 *     time, and the same gradients
 */
public record OnnxOptions(
    int threads,
    int samplingBatch,
    int microBatchTokens,
    Stepping stepping,
    long memoryLimit,
    Device device,
    ElementType precision,
    long prefixBytes,
    boolean recomputation) {
  /** What runs the training steps. */
  public enum Stepping {
    /** Plain sessions over buffers that we own: the faster, and the default. Matrices decay. */
    PLAIN_SESSIONS,
    /**
     * ONNX Runtime's training session over the four training artifacts. It has one weight decay, so
     * every parameter decays.
     */
    TRAINING_SESSION
  }

  public OnnxOptions {
    atLeastOne("threads", threads);
    atLeastOne("samplingBatch", samplingBatch);
    atLeastOne("microBatchTokens", microBatchTokens);
    if (memoryLimit < 0) {
      throw new IllegalArgumentException("memoryLimit is " + memoryLimit + "; 0 or more");
    }
    if (prefixBytes < 0) {
      throw new IllegalArgumentException("prefixBytes is " + prefixBytes + "; 0 or more");
    }
    if (prefixBytes > 0 && device.hasOwnMemory()) {
      throw new IllegalArgumentException(
          "prefixBytes is %d on %s; only the CPU keeps prefixes".formatted(prefixBytes, device));
    }
    boolean gpu = device.kind() == Device.Kind.CUDA;
    if (precision != ElementType.FLOAT && !(gpu && precision == ElementType.BFLOAT16)) {
      throw new IllegalArgumentException(
          "precision is %s on %s; FLOAT, or BFLOAT16 on a GPU".formatted(precision, device));
    }
    if (device.hasOwnMemory() && stepping == Stepping.TRAINING_SESSION) {
      throw new IllegalArgumentException(
          "stepping is TRAINING_SESSION on " + device + "; it runs on the CPU only");
    }
    if (recomputation && stepping == Stepping.TRAINING_SESSION) {
      throw new IllegalArgumentException(
          "stepping is TRAINING_SESSION with recomputation; only PLAIN_SESSIONS recompute");
    }
  }

  private static void atLeastOne(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " is " + value + "; 1 or more");
    }
  }

  /**
   * Every processor, 64 answers and 4096 tokens at once, plain sessions on the CPU, the memory
   * there is.
   */
  public static OnnxOptions ofDefaults() {
    return new OnnxOptions(
        Runtime.getRuntime().availableProcessors(),
        64,
        4096,
        Stepping.PLAIN_SESSIONS,
        0,
        Device.CPU,
        ElementType.FLOAT,
        0,
        false);
  }

  /** What is computed in while it samples. */
  ElementType samplingPrecision() {
    boolean gpu = device.kind() == Device.Kind.CUDA;
    return gpu ? ElementType.BFLOAT16 : ElementType.FLOAT;
  }

  /** This, with another number of threads. */
  public OnnxOptions withThreads(int threads) {
    return with(draft -> draft.threads = threads);
  }

  /** This, with another number of answers at once. */
  public OnnxOptions withSamplingBatch(int samplingBatch) {
    return with(draft -> draft.samplingBatch = samplingBatch);
  }

  /** This, with another number of tokens at once. */
  public OnnxOptions withMicroBatchTokens(int microBatchTokens) {
    return with(draft -> draft.microBatchTokens = microBatchTokens);
  }

  /** This, with another runner of training steps. */
  public OnnxOptions withStepping(Stepping stepping) {
    return with(draft -> draft.stepping = stepping);
  }

  /** This, with another limit, in bytes; {@link Long#MAX_VALUE} refuses nothing. */
  public OnnxOptions withMemoryLimit(long memoryLimit) {
    return with(draft -> draft.memoryLimit = memoryLimit);
  }

  /** This, on another device; computed in bfloat16 on a GPU, in fp32 elsewhere. */
  public OnnxOptions withDevice(Device device) {
    boolean gpu = device.kind() == Device.Kind.CUDA;
    return with(
        draft -> {
          draft.device = device;
          draft.precision = gpu ? ElementType.BFLOAT16 : ElementType.FLOAT;
        });
  }

  /** This, computed in another precision. */
  public OnnxOptions withPrecision(ElementType precision) {
    return with(draft -> draft.precision = precision);
  }

  /** This, with other memory for what prompts may go on from, in bytes. */
  public OnnxOptions withPrefixBytes(long prefixBytes) {
    return with(draft -> draft.prefixBytes = prefixBytes);
  }

  /** This, with or without recomputation on the way back of training steps. */
  public OnnxOptions withRecomputation(boolean recomputation) {
    return with(draft -> draft.recomputation = recomputation);
  }

  private OnnxOptions with(Consumer<Draft> change) {
    Draft draft = new Draft(this);
    change.accept(draft);
    return draft.toOptions();
  }

  /** Options of which some are being changed. */
  private static final class Draft {
    int threads;
    int samplingBatch;
    int microBatchTokens;
    Stepping stepping;
    long memoryLimit;
    Device device;
    ElementType precision;
    long prefixBytes;
    boolean recomputation;

    Draft(OnnxOptions from) {
      threads = from.threads;
      samplingBatch = from.samplingBatch;
      microBatchTokens = from.microBatchTokens;
      stepping = from.stepping;
      memoryLimit = from.memoryLimit;
      device = from.device;
      precision = from.precision;
      prefixBytes = from.prefixBytes;
      recomputation = from.recomputation;
    }

    OnnxOptions toOptions() {
      return new OnnxOptions(
          threads,
          samplingBatch,
          microBatchTokens,
          stepping,
          memoryLimit,
          device,
          precision,
          prefixBytes,
          recomputation);
    }
  }
}
