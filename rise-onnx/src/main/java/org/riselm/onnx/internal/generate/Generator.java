package org.riselm.onnx.internal.generate;

import com.google.common.primitives.ImmutableIntArray;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.riselm.core.policy.SamplingOptions;
import org.riselm.onnx.internal.decoder.DecoderGraphs;
import org.riselm.onnx.internal.decoder.ParameterLayout;
import org.riselm.onnx.internal.decoder.RotaryAngles;
import org.riselm.onnx.internal.memory.ActivationMemory;
import org.riselm.onnx.internal.runtime.ElementType;
import org.riselm.onnx.internal.runtime.NativeMemory;
import org.riselm.onnx.internal.runtime.PackedWeights;
import org.riselm.onnx.internal.runtime.Placement;
import org.riselm.onnx.internal.runtime.SessionSettings;
import org.riselm.onnx.internal.runtime.Tensor;
import org.riselm.onnx.internal.util.Resources;

/**
 * Samples continuations of prompts from a decoder, many at once, with a key-value cache. Tokens are
 * drawn where the session runs. Owns its sessions, its caches and its buffers; the latest call's
 * caches are kept and grow when a call needs more. Not thread-safe.
 *
 * <p>The same call gives the same bytes, whatever was generated before it, unless {@linkplain
 * GeneratorLimits#prefixBytes prefixes} are kept. Which prompts share a batch does not change an
 * response but for rounding: the same bits for other companions, another {@code maxBatch} or
 * another number of threads are usual on a CPU, not promised.
 */
public final class Generator implements AutoCloseable {
  // Fewer rows a worker do not pay for reading all weights once a worker; where these fit into the
  // processor's caches, fewer do (decision 013).
  private static final int LANE_ROWS = 16;
  private static final int SMALL_LANE_ROWS = 8;
  private static final long SMALL_BYTES = 1 << 24;

  private final byte[] model;
  private final RotaryAngles rotary;
  private final SessionSettings settings;
  private final GeneratorLimits limits;
  private final Resources owned = new Resources();
  private final PrefixCache prefixes;
  private @Nullable DecodeWorkers one;
  private @Nullable DecodeWorkers several;
  private @Nullable PackedWeights packed;
  private boolean closed;

  private Generator(
      byte[] model, RotaryAngles rotary, SessionSettings settings, GeneratorLimits limits) {
    this.model = model;
    this.rotary = rotary;
    this.settings = settings;
    this.limits = limits;
    this.prefixes = owned.add(new PrefixCache(limits.prefixBytes(), rotary.longestAlike()));
  }

  /**
   * Makes a generator of a decoder. A GPU loads its graph at once; a CPU does in the first call
   * that needs it.
   *
   * @param layout of the decoder as it is sampled
   * @param settings threads, and the weights
   */
  public static Generator load(
      ParameterLayout layout, SessionSettings settings, GeneratorLimits limits) {
    return load(
        DecoderGraphs.sampling(layout).toModel(),
        RotaryAngles.of(layout.config()),
        settings,
        limits);
  }

  /**
   * Makes a generator of a sampling graph. A GPU loads the graph at once; a CPU does in the first
   * call that needs it, and has it twice, over the same weights, if there are calls of both kinds:
   * few prompts run in one batch on all threads, many in a batch for each thread.
   *
   * @param model a serialized ONNX {@code ModelProto} with the inputs and outputs of a sampling
   *     graph
   * @param rotary how far the graph's heads are turned at each position
   * @param settings threads, and the weights that the graph leaves open
   * @throws IllegalArgumentException naming the input or output that the graph lacks; on a CPU from
   *     the first call
   * @throws org.riselm.onnx.OnnxRuntimeException if ONNX Runtime refuses the graph; on a CPU from
   *     the first call
   */
  static Generator load(
      byte[] model, RotaryAngles rotary, SessionSettings settings, GeneratorLimits limits) {
    Generator generator = new Generator(model, rotary, settings, limits);
    try {
      if (settings.device().hasOwnMemory()) {
        generator.one();
      }
      return generator;
    } catch (RuntimeException | Error e) {
      generator.close();
      throw e;
    }
  }

  /**
   * The memory that sampling takes of a device beside the weights and the cache, in bytes.
   *
   * @param model as it is sampled
   * @param rows that are sampled together
   * @param tokens of the longest prompt with its response
   */
  public static long deviceActivations(ParameterLayout model, long rows, long tokens) {
    int vocabulary = model.config().vocabularySize();
    long together = Math.min(rows * tokens, Math.max(tokens, ContinuousBatch.PREFILL_TOKENS));
    Map<String, Long> prefill = Map.of("batch", 1L, "sequence", together, "capacity", tokens);
    long run = ActivationMemory.bytes(DecoderGraphs.sampling(model), prefill);
    SamplingOptions dearest =
        SamplingOptions.builder().temperature(0.5).topP(0.5).maxNewTokens(1).build();
    Map<String, Long> draws = Map.of("rows", rows, "draws", rows);
    // Each session keeps what it took.
    return Float.BYTES * rows * vocabulary
        + run
        + ActivationMemory.bytes(SamplerGraph.of(dearest, vocabulary), draws);
  }

  /**
   * Tokens of prompts that have not been run, in all calls so far, because an earlier prompt and
   * response began like them.
   */
  public long reusedTokens() {
    return prefixes.reusedTokens();
  }

  /**
   * Continues every prompt until a stop token, {@code sampling.maxNewTokens()} tokens, its own
   * limit, or the end of the context.
   *
   * <p>A prompt that leaves no room in the context gives a response that {@linkplain
   * GenerationResult#failure failed}, and its neighbours theirs.
   *
   * @param prompts may be empty, and may repeat: equal ids are run once
   * @param progress told of finished responses as they come
   * @return one response per prompt, in their order
   * @throws IllegalArgumentException naming the prompt and place of an id outside the vocabulary
   * @throws IllegalStateException if the model gives NaN, naming where; or if this is closed
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; looked at
   *     before every step, and the thread stays interrupted
   */
  public List<GenerationResult> generate(
      List<Prompt> prompts, SamplingOptions sampling, SamplingProgress progress) {
    if (closed) {
      throw new IllegalStateException("the generator is closed");
    }
    if (prompts.isEmpty()) {
      return List.of();
    }
    DecodeWorkers workers = workers((int) prompts.stream().filter(p -> room(p) > 0).count());
    @Nullable GenerationResult[] results = new GenerationResult[prompts.size()];
    List<Sequence> sequences = new ArrayList<>();
    for (int i = 0; i < prompts.size(); i++) {
      ImmutableIntArray ids = prompts.get(i).ids();
      checkIds(i, ids, workers.ports().vocabulary());
      int room = room(prompts.get(i));
      if (room < 1) {
        results[i] = tooLong(ids.length());
      } else {
        int limit = Math.min(sampling.maxNewTokens(), prompts.get(i).maxNewTokens());
        int most = Math.min(room, limit);
        sequences.add(new Sequence(i, prompts.get(i), most, sampling.logProbabilities()));
      }
    }
    if (sequences.size() < prompts.size()) {
      progress.advanced(prompts.size() - sequences.size(), 0);
    }
    if (!sequences.isEmpty()) {
      workers.run(sequences, sampling, progress);
      sequences.forEach(a -> results[a.index()] = a.toGenerated());
    }
    return List.of(results);
  }

  /** How many tokens a response has room for. */
  private int room(Prompt prompt) {
    return limits.contextLength() - prompt.ids().length();
  }

  private DecodeWorkers workers(int sequences) {
    int rows = Math.min(sequences, limits.maxBatch());
    int threads = settings.threads();
    boolean many =
        threads > 1 && !settings.device().hasOwnMemory() && rows >= threads * leastRows();
    // What is kept is one cache, as large as it would be without workers.
    DecodeWorkers other = many ? one : several;
    if (other != null) {
      other.release();
    }
    return many ? several() : one();
  }

  private int leastRows() {
    long bytes = 0;
    for (Tensor weight : settings.initializers().values()) {
      bytes += weight.elements() * weight.type().bytes();
    }
    return bytes <= SMALL_BYTES ? SMALL_LANE_ROWS : LANE_ROWS;
  }

  private DecodeWorkers one() {
    if (one == null) {
      one = workers(1, settings.threads());
    }
    return one;
  }

  private DecodeWorkers several() {
    if (several == null) {
      several = workers(settings.threads(), 1);
    }
    return several;
  }

  private DecodeWorkers workers(int count, int threads) {
    SessionSettings shared = settings;
    if (!settings.device().hasOwnMemory()) {
      shared = settings.onThreads(threads);
      if (!isInBlocks()) {
        packed = packed == null ? owned.add(new PackedWeights()) : packed;
        shared = shared.sharing(packed);
      }
    }
    return owned.add(new DecodeWorkers(model, rotary, shared, limits, count, prefixes));
  }

  // What is made of blocks ONNX Runtime packs for each session, and refuses to share.
  private boolean isInBlocks() {
    return settings.initializers().values().stream().anyMatch(t -> t.type() == ElementType.UINT8);
  }

  /** Where every node runs, those that draw as {@code sampling} says too; known on a GPU only. */
  public List<Placement> placements(SamplingOptions sampling) {
    return one().placements(sampling);
  }

  private static void checkIds(int prompt, ImmutableIntArray ids, int vocabulary) {
    for (int t = 0; t < ids.length(); t++) {
      if (ids.get(t) < 0 || ids.get(t) >= vocabulary) {
        throw new IllegalArgumentException(
            "prompt %d has token id %d at position %d; the vocabulary's ids are 0 to %d"
                .formatted(prompt, ids.get(t), t, vocabulary - 1));
      }
    }
  }

  private GenerationResult tooLong(int length) {
    return GenerationResult.failed(
        "the prompt has %d tokens; the context of %d takes %d and a response of at least one"
            .formatted(length, limits.contextLength(), limits.contextLength() - 1));
  }

  @Override
  public void close() {
    closed = true;
    owned.close();
    NativeMemory.giveBack();
  }
}
