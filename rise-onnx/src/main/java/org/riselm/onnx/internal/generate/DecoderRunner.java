package org.riselm.onnx.internal.generate;

import com.google.common.primitives.ImmutableIntArray;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.util.List;
import org.riselm.onnx.internal.decoder.RotaryAngles;
import org.riselm.onnx.internal.runtime.Binding;
import org.riselm.onnx.internal.runtime.ElementType;
import org.riselm.onnx.internal.runtime.OnnxSession;
import org.riselm.onnx.internal.runtime.Tensor;
import org.riselm.onnx.internal.util.Resources;

/**
 * Runs the sampling graph on rows of the cache, through memory that stays bound as long as the rows
 * are the same. Row <i>r</i> of the cache has row <i>r</i> of every buffer. Not thread-safe.
 */
final class DecoderRunner {
  private final DecoderSizes ports;
  private final RotaryBuffers rotary;
  private final Tensor lengths;
  private final Tensor longest;
  private final Tensor lastIndex;
  private final Tensor logits;
  private final IntBuffer lengthBuffer;
  private final IntBuffer longestBuffer;
  private final LongBuffer lastIndexBuffer;
  private final KvCache cache;
  private final Resources views;
  private final Binding binding;
  private final Resources idOwner;
  private Tensor ids;
  private LongBuffer idBuffer;
  private int boundFirst;
  private int boundCount;
  private int boundSequence;

  /**
   * Allocates for {@code rows} rows, and nothing yet that depends on their lengths. Everything is
   * {@code owner}'s to close, the session too.
   *
   * @param angles of the model's heads
   */
  DecoderRunner(
      OnnxSession session, DecoderSizes ports, RotaryAngles angles, int rows, Resources owner) {
    this.ports = ports;
    idOwner = owner.add(new Resources());
    ids = idOwner.add(Tensor.zeros(ElementType.INT64, rows));
    lengths = owner.add(Tensor.zeros(ElementType.INT32, rows));
    longest = owner.add(Tensor.zeros(ElementType.INT32));
    lastIndex = owner.add(Tensor.zeros(ElementType.INT64, rows));
    logits = owner.add(Tensor.zeros(session.device(), ElementType.FLOAT, rows, ports.vocabulary()));
    idBuffer = ids.longs();
    lengthBuffer = lengths.ints();
    longestBuffer = longest.ints();
    lastIndexBuffer = lastIndex.longs();
    rotary = owner.add(new RotaryBuffers(angles, session.device(), ports.cacheType()));
    cache = owner.add(new KvCache(ports, session.device()));
    views = owner.add(new Resources());
    binding = owner.add(session.bind());
  }

  /**
   * Makes room for {@code rows} rows of {@code capacity} tokens, and for prefills of as many or
   * {@link ContinuousBatch#PREFILL_TOKENS}, padding included. What was cached is lost.
   */
  void reserve(int rows, int capacity) {
    unbind();
    cache.reserve(rows, capacity);
    rotary.reserve(capacity);
    int together = Math.max(rows, Math.max(capacity, ContinuousBatch.PREFILL_TOKENS));
    if (together > ids.elements()) {
      idOwner.close();
      ids = idOwner.add(Tensor.zeros(ElementType.INT64, together));
      idBuffer = ids.longs();
    }
  }

  /** Gives the cache's memory back until room is reserved again. */
  void release() {
    unbind();
    cache.close();
    rotary.close();
  }

  /** Runs prompts into the rows from {@code first} on; the shorter ones are padded on the right. */
  void prefill(int first, List<ImmutableIntArray> prompts) {
    int sequence = prompts.stream().mapToInt(ImmutableIntArray::length).max().orElseThrow();
    for (int j = 0; j < prompts.size(); j++) {
      ImmutableIntArray prompt = prompts.get(j);
      for (int t = 0; t < sequence; t++) {
        // Attention is causal: what stands in the padding does not matter, if it is a token.
        idBuffer.put(j * sequence + t, t < prompt.length() ? prompt.get(t) : 0);
      }
      lengthBuffer.put(first + j, prompt.length() - 1);
      lastIndexBuffer.put(first + j, (long) j * sequence + prompt.length() - 1);
    }
    longestBuffer.put(0, sequence);
    run(first, prompts.size(), sequence);
  }

  /**
   * Runs what follows a prompt's first {@code start} tokens, which the row has already.
   *
   * @param start at least 1, and less than the prompt has
   */
  void extend(int row, ImmutableIntArray prompt, int start) {
    int sequence = prompt.length() - start;
    for (int t = 0; t < sequence; t++) {
      idBuffer.put(t, prompt.get(start + t));
    }
    lengthBuffer.put(row, prompt.length() - 1);
    lastIndexBuffer.put(row, sequence - 1);
    longestBuffer.put(0, prompt.length());
    run(row, 1, sequence);
  }

  /** Sets the next token of a row, and the row's length with it. */
  void next(int row, int token, int length) {
    idBuffer.put(row, token);
    lengthBuffer.put(row, length - 1);
  }

  /** Runs the next tokens of the rows 0 to {@code count}. */
  void decode(int count) {
    int max = 0;
    for (int r = 0; r < count; r++) {
      max = Math.max(max, lengthBuffer.get(r) + 1);
      lastIndexBuffer.put(r, r);
    }
    longestBuffer.put(0, max);
    run(0, count, 1);
  }

  /** The logits of all rows, [rows, vocabulary], where the session runs. */
  Tensor logits() {
    return logits;
  }

  /** The cache that the rows are in. */
  KvCache cache() {
    return cache;
  }

  private void run(int first, int count, int sequence) {
    if (first != boundFirst || count != boundCount || sequence != boundSequence) {
      unbind();
      bind(first, count, sequence);
    }
    binding.run();
  }

  private void bind(int first, int count, int sequence) {
    binding
        .input("input_ids", views.add(ids.slice(0, count, sequence)))
        .input("seqlens_k", views.add(lengths.slice(first, count)))
        .input("total_sequence_length", longest)
        .input("last_index", views.add(lastIndex.slice(first, count)))
        .input("rotary_cos", rotary.cos())
        .input("rotary_sin", rotary.sin())
        .output(
            "logits",
            views.add(logits.slice((long) first * ports.vocabulary(), count, ports.vocabulary())));
    for (int i = 0; i < ports.layers(); i++) {
      Tensor keys = views.add(cache.keys(i, first, count));
      Tensor values = views.add(cache.values(i, first, count));
      binding
          .input("past_key_" + i, keys)
          .output("present_key_" + i, keys)
          .input("past_value_" + i, values)
          .output("present_value_" + i, values);
    }
    boundFirst = first;
    boundCount = count;
    boundSequence = sequence;
  }

  private void unbind() {
    boundCount = 0;
    binding.clear();
    views.close();
  }
}
