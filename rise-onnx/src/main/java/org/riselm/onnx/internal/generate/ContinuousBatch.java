package org.riselm.onnx.internal.generate;

import com.google.common.primitives.ImmutableIntArray;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CancellationException;

/**
 * One call's responses on their way through the rows of the cache. Waiting prompts take rows as
 * responses finish; when none wait any more, the batch shrinks. Not thread-safe.
 */
final class ContinuousBatch {
  // Long enough to keep the matrix products busy; attention's scratch memory grows with it.
  static final int PREFILL_TOKENS = 2048;

  // Longest first, so that what runs together has similar lengths; equal prompts are neighbours.
  static final Comparator<Sequence> ORDER =
      Comparator.comparing(Sequence::promptIds, ContinuousBatch::compare)
          .thenComparingInt(Sequence::index);

  private final DecoderRunner forward;
  private final PrefixCache prefixes;
  private final LogitsSampler sampler;
  private final ImmutableIntArray stopTokens;
  private final int maxRows;
  private final BatchMonitor monitor;
  private final Deque<Sequence> waiting;
  // The response in each row of the cache; done ones stay until the batch is packed.
  private final List<Sequence> rows = new ArrayList<>();
  private int live;
  private int finishedSince;
  private long tokensSince;

  ContinuousBatch(
      DecoderRunner forward,
      PrefixCache prefixes,
      LogitsSampler sampler,
      ImmutableIntArray stopTokens,
      int maxRows,
      Collection<Sequence> sequences,
      BatchMonitor monitor) {
    this.forward = forward;
    this.prefixes = prefixes;
    this.sampler = sampler;
    this.stopTokens = stopTokens;
    this.maxRows = maxRows;
    this.monitor = monitor;
    this.waiting = new ArrayDeque<>(sequences.stream().sorted(ORDER).toList());
  }

  /**
   * Runs until every response is done.
   *
   * @throws CancellationException if it is stopped
   * @throws IllegalStateException if the model gives something that is no distribution
   */
  void run() {
    while (live > 0 || !waiting.isEmpty()) {
      monitor.step(live + waiting.size());
      if (isWorthPacking()) {
        pack();
        while (rows.size() < maxRows && !waiting.isEmpty()) {
          admit();
        }
      } else {
        decode();
      }
      report();
    }
    keep();
  }

  // What is done may be how a later prompt begins.
  private void keep() {
    for (int row = 0; row < rows.size(); row++) {
      if (rows.get(row).isDone()) {
        prefixes.keep(rows.get(row).cachedIds(), forward.cache(), row);
      }
    }
  }

  // Packing copies rows of the cache and admitting stalls the others: not for every row that ends.
  private boolean isWorthPacking() {
    int wanted = waiting.isEmpty() ? rows.size() : maxRows;
    return live == 0 || 4 * (wanted - live) >= wanted;
  }

  // Moves the live rows to the front.
  private void pack() {
    keep();
    int row = 0;
    while (row < rows.size()) {
      if (!rows.get(row).isDone()) {
        row++;
        continue;
      }
      int tail = rows.size() - 1;
      Sequence moved = rows.remove(tail);
      if (!moved.isDone()) {
        forward.cache().copyRow(tail, row, moved.length());
        rows.set(row, moved);
      }
    }
  }

  // Prefills the next prompts of similar length, each distinct one once; or goes on from where one
  // was left.
  private void admit() {
    int first = rows.size();
    int longest = waiting.element().promptIds().length();
    List<ImmutableIntArray> prompts = new ArrayList<>();
    List<Sequence> firsts = new ArrayList<>();
    List<Sequence> repeats = new ArrayList<>();
    List<Integer> repeated = new ArrayList<>();
    boolean goesOn = prefixes.reusable(waiting.element().promptIds()) > 0;
    while (first + firsts.size() + repeats.size() < maxRows && !waiting.isEmpty()) {
      ImmutableIntArray ids = waiting.element().promptIds();
      int known = prompts.size();
      if (known > 0 && prompts.get(known - 1).equals(ids)) {
        repeats.add(waiting.remove());
        repeated.add(first + known - 1);
      } else if (known > 0
          && (goesOn || (known + 1) * longest > PREFILL_TOKENS || prefixes.reusable(ids) > 0)) {
        break;
      } else {
        prompts.add(ids);
        firsts.add(waiting.remove());
      }
    }
    if (goesOn) {
      // The kernel continues one row at a time.
      ImmutableIntArray prompt = prompts.get(0);
      int known = prefixes.restore(prompt, forward.cache(), first);
      if (known > 0) {
        forward.extend(first, prompt, known);
      } else { // Another worker's responses have taken its place in the meantime.
        forward.prefill(first, prompts);
      }
    } else {
      forward.prefill(first, prompts);
    }
    List<Sequence> started = new ArrayList<>(firsts);
    started.addAll(repeats);
    int[] from = new int[started.size()];
    for (int i = 0; i < from.length; i++) {
      from[i] = i < firsts.size() ? first + i : repeated.get(i - firsts.size());
      if (from[i] != first + i) {
        forward.cache().copyRow(from[i], first + i, longest);
      }
    }
    rows.addAll(started);
    live += started.size();
    sample(started, from);
  }

  private void decode() {
    List<Sequence> going = new ArrayList<>(live);
    int[] from = new int[live];
    for (int r = 0; r < rows.size(); r++) {
      // A row that is done repeats its last token at its last place, which changes nothing.
      Sequence a = rows.get(r);
      forward.next(r, a.last(), a.length());
      if (!a.isDone()) {
        from[going.size()] = r;
        going.add(a);
      }
    }
    forward.decode(rows.size());
    sample(going, from);
  }

  /** Gives each response its next token, from the logits of these rows. */
  private void sample(List<Sequence> sequences, int[] from) {
    long[] seeds = new long[sequences.size()];
    for (int i = 0; i < seeds.length; i++) {
      seeds[i] = sequences.get(i).seed();
    }
    try {
      sampler.run(from, seeds);
    } catch (BadLogitsException e) {
      Sequence sequence = sequences.get(e.index());
      throw new IllegalStateException(
          "prompt %d, response token %d: %s; the model's weights have diverged or are not its own"
              .formatted(sequence.index(), sequence.size(), e.getMessage()),
          e);
    }
    for (int i = 0; i < from.length; i++) {
      Sequence sequence = sequences.get(i);
      int token = sampler.token(i);
      sequence.add(token, sampler.logProbability(i), stopTokens.contains(token));
      tokensSince++;
      if (sequence.isDone()) {
        live--;
        finishedSince++;
      }
    }
  }

  private void report() {
    if (finishedSince > 0) {
      monitor.advanced(finishedSince, tokensSince);
      finishedSince = 0;
      tokensSince = 0;
    }
  }

  private static int compare(ImmutableIntArray a, ImmutableIntArray b) {
    if (a.length() != b.length()) {
      return Integer.compare(b.length(), a.length());
    }
    for (int i = 0; i < a.length(); i++) {
      if (a.get(i) != b.get(i)) {
        return Integer.compare(a.get(i), b.get(i));
      }
    }
    return 0;
  }
}
