package org.riselm.onnx.generate;

import com.google.common.primitives.ImmutableIntArray;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.riselm.core.policy.Sampling;
import org.riselm.core.policy.SamplingProgress;
import org.riselm.onnx.model.DecoderGraphs;
import org.riselm.onnx.model.Layout;
import org.riselm.onnx.runtime.OnnxSession;
import org.riselm.onnx.runtime.Placement;
import org.riselm.onnx.runtime.Resources;
import org.riselm.onnx.runtime.SessionSettings;
import org.riselm.onnx.runtime.Tensor;
import org.riselm.onnx.train.ActivationMemory;

/**
 * Samples continuations of prompts from a decoder, many at once, with a key-value cache. Tokens are
 * drawn where the session runs. Owns its session, its cache and its buffers; the cache is kept from
 * call to call and grows when a call needs more. Not thread-safe.
 *
 * <p>The same call gives the same bytes, whatever was generated before it, unless {@linkplain
 * GeneratorLimits#prefixBytes prefixes} are kept. Which prompts share a batch does not change an
 * answer but for rounding: the same bits for other companions, another {@code maxBatch} or another
 * number of threads are usual on a CPU, not promised.
 */
public final class Generator implements AutoCloseable {
  // Capacities come in steps, so that calls of nearly equal length reuse the cache's memory.
  private static final int CAPACITY_STEP = 64;

  private final OnnxSession session;
  private final DecoderPorts ports;
  private final GeneratorLimits limits;
  private final Forward forward;
  private final PrefixCache prefixes;
  private final int threads;
  private final Resources owned;
  private @Nullable DeviceDraw deviceDraw;
  private boolean closed;

  private Generator(
      OnnxSession session,
      DecoderPorts ports,
      GeneratorLimits limits,
      Forward forward,
      int threads,
      Resources owned) {
    this.session = session;
    this.ports = ports;
    this.limits = limits;
    this.forward = forward;
    this.prefixes = owned.add(new PrefixCache(limits.prefixBytes()));
    this.threads = threads;
    this.owned = owned;
  }

  /**
   * Loads an sampling graph.
   *
   * @param model a serialized ONNX {@code ModelProto} with the inputs and outputs of a sampling
   *     graph
   * @param settings threads, and the weights that the graph leaves open
   * @throws IllegalArgumentException naming the input or output that the graph lacks
   * @throws org.riselm.onnx.runtime.OnnxRuntimeException if ONNX Runtime refuses the graph
   */
  public static Generator load(byte[] model, SessionSettings settings, GeneratorLimits limits) {
    Resources owned = new Resources();
    try {
      OnnxSession session = owned.add(OnnxSession.load(model, settings));
      DecoderPorts ports = DecoderPorts.of(session);
      int tokens = Math.max(Batch.PREFILL_TOKENS, limits.contextLength());
      Forward forward = new Forward(session, ports, limits.maxBatch(), tokens, owned);
      return new Generator(session, ports, limits, forward, settings.threads(), owned);
    } catch (RuntimeException | Error e) {
      owned.close();
      throw e;
    }
  }

  /**
   * The memory that sampling takes of a device beside the weights and the cache, in bytes.
   *
   * @param model as it is sampled
   * @param rows that are sampled together
   * @param tokens of the longest prompt with its answer
   */
  public static long deviceActivations(Layout model, long rows, long tokens) {
    int vocabulary = model.config().vocabularySize();
    long together = Math.min(rows * tokens, Math.max(tokens, Batch.PREFILL_TOKENS));
    Map<String, Long> prefill = Map.of("batch", 1L, "sequence", together, "capacity", tokens);
    long run = ActivationMemory.bytes(DecoderGraphs.sampling(model), prefill);
    Sampling dearest = new Sampling(0.5, 0, 0.5, 1);
    Map<String, Long> draws = Map.of("rows", rows, "draws", rows);
    // Each session keeps what it took.
    return Float.BYTES * rows * vocabulary
        + run
        + ActivationMemory.bytes(DrawGraph.of(dearest, vocabulary), draws);
  }

  /**
   * Tokens of prompts that have not been run, in all calls so far, because an earlier prompt and
   * answer began like them.
   */
  public long reusedTokens() {
    return prefixes.reusedTokens();
  }

  /**
   * Continues every prompt until a stop token, {@code sampling.maxNewTokens()} tokens, its own
   * limit, or the end of the context.
   *
   * <p>A prompt that leaves no room in the context gives an answer that {@linkplain
   * Generated#failure failed}, and its neighbours theirs.
   *
   * @param prompts may be empty, and may repeat: equal ids are run once
   * @param progress told of finished answers as they come
   * @return one answer per prompt, in their order
   * @throws IllegalArgumentException naming the prompt and place of an id outside the vocabulary
   * @throws IllegalStateException if the model gives NaN, naming where; or if this is closed
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; looked at
   *     before every step, and the thread stays interrupted
   */
  public List<Generated> generate(
      List<Prompt> prompts, Sampling sampling, SamplingProgress progress) {
    if (closed) {
      throw new IllegalStateException("the generator is closed");
    }
    @Nullable Generated[] results = new Generated[prompts.size()];
    List<Answer> answers = new ArrayList<>();
    for (int i = 0; i < prompts.size(); i++) {
      ImmutableIntArray ids = prompts.get(i).ids();
      checkIds(i, ids);
      int room = limits.contextLength() - ids.length();
      if (room < 1) {
        results[i] = tooLong(ids.length());
      } else {
        int limit = Math.min(sampling.maxNewTokens(), prompts.get(i).maxNewTokens());
        answers.add(new Answer(i, prompts.get(i), Math.min(room, limit)));
      }
    }
    if (answers.size() < prompts.size()) {
      progress.advanced(prompts.size() - answers.size(), 0);
    }
    if (!answers.isEmpty()) {
      run(answers, sampling, progress);
      answers.forEach(a -> results[a.index()] = a.toGenerated());
    }
    return List.of(results);
  }

  private void run(List<Answer> answers, Sampling sampling, SamplingProgress progress) {
    int longest = answers.stream().mapToInt(Answer::maxLength).max().orElseThrow();
    int steps = (longest + CAPACITY_STEP - 1) / CAPACITY_STEP;
    int capacity = Math.min(steps * CAPACITY_STEP, limits.contextLength());
    int rows = Math.min(answers.size(), limits.maxBatch());
    forward.reserve(rows, capacity);
    new Batch(forward, prefixes, draw(sampling), limits.stopTokens(), rows, answers, progress)
        .run();
  }

  private Draw draw(Sampling sampling) {
    Tensor logits = forward.logits();
    if (!logits.device().hasOwnMemory()) {
      return new HostDraw(logits, sampling);
    }
    if (deviceDraw == null || !deviceDraw.draws(sampling)) {
      closeDraw();
      deviceDraw = new DeviceDraw(logits, sampling, threads);
    }
    return deviceDraw;
  }

  /** Where every node runs, those that draw as {@code sampling} says too; known on a GPU only. */
  public List<Placement> placements(Sampling sampling) {
    List<Placement> all = new ArrayList<>(session.placements());
    if (draw(sampling) instanceof DeviceDraw onDevice) {
      all.addAll(onDevice.placements());
    }
    return all;
  }

  private void closeDraw() {
    if (deviceDraw != null) {
      deviceDraw.close();
      deviceDraw = null;
    }
  }

  private void checkIds(int prompt, ImmutableIntArray ids) {
    for (int t = 0; t < ids.length(); t++) {
      if (ids.get(t) < 0 || ids.get(t) >= ports.vocabulary()) {
        throw new IllegalArgumentException(
            "prompt %d has token id %d at position %d; the vocabulary's ids are 0 to %d"
                .formatted(prompt, ids.get(t), t, ports.vocabulary() - 1));
      }
    }
  }

  private Generated tooLong(int length) {
    return Generated.failed(
        "the prompt has %d tokens; the context of %d takes %d and an answer of at least one"
            .formatted(length, limits.contextLength(), limits.contextLength() - 1));
  }

  @Override
  public void close() {
    closed = true;
    closeDraw();
    owned.close();
  }
}
