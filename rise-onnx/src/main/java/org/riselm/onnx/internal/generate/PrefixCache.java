package org.riselm.onnx.internal.generate;

import com.google.common.primitives.ImmutableIntArray;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.riselm.onnx.internal.runtime.Tensor;

/**
 * Keys and values of sequences that were run, for prompts that begin like them: the next turn of a
 * conversation begins with the prompt and the response of the last one. What was not used for
 * longest goes first when there is no room. Thread-safe.
 */
final class PrefixCache implements AutoCloseable {
  /** Fewer tokens are not worth a run of their own. */
  static final int LEAST_TOKENS = 16;

  private final long maxBytes;
  private final int longest;
  // The one used last is last.
  private final List<Entry> entries = new ArrayList<>();
  private long bytes;
  private long reusedTokens;

  private record Entry(ImmutableIntArray ids, Tensor memory) {
    long bytes() {
      return memory.elements() * memory.type().bytes();
    }
  }

  /**
   * An empty one.
   *
   * @param maxBytes that it holds at most; 0 keeps nothing
   * @param longest tokens of a sequence that begins as it would alone, and may be begun with
   */
  PrefixCache(long maxBytes, int longest) {
    this.maxBytes = maxBytes;
    this.longest = longest;
  }

  /**
   * Keeps the keys and values of {@code ids} from a row of the cache, unless they are too few or
   * too many.
   */
  synchronized void keep(ImmutableIntArray ids, KvCache cache, int row) {
    long size = cache.bytes(ids.length());
    if (ids.length() < LEAST_TOKENS || ids.length() > longest || size > maxBytes) {
      return;
    }
    // What this begins like is no longer needed; what begins like this is as good.
    for (int i = entries.size() - 1; i >= 0; i--) {
      int common = common(entries.get(i).ids(), ids);
      if (common == ids.length()) {
        entries.add(entries.remove(i));
        return;
      }
      if (common == entries.get(i).ids().length()) {
        drop(i);
      }
    }
    while (bytes + size > maxBytes) {
      drop(0);
    }
    entries.add(new Entry(ids, cache.copyOut(row, ids.length())));
    bytes += size;
  }

  /** How many tokens of {@code prompt} need not be run; 0, or enough to be worth it. */
  synchronized int reusable(ImmutableIntArray prompt) {
    Entry best = best(prompt);
    return best == null ? 0 : reusable(best, prompt);
  }

  /**
   * Puts what is known of {@code prompt} into a row of the cache.
   *
   * @return how many tokens that is: {@link #reusable}
   */
  synchronized int restore(ImmutableIntArray prompt, KvCache cache, int row) {
    Entry best = best(prompt);
    if (best == null) {
      return 0;
    }
    int length = reusable(best, prompt);
    cache.copyIn(row, best.memory(), best.ids().length(), length);
    entries.remove(best);
    entries.add(best);
    reusedTokens += length;
    return length;
  }

  /** Tokens that were restored and not run, so far. */
  synchronized long reusedTokens() {
    return reusedTokens;
  }

  /** What is held now. */
  synchronized long bytes() {
    return bytes;
  }

  private @Nullable Entry best(ImmutableIntArray prompt) {
    Entry best = null;
    int most = LEAST_TOKENS - 1;
    for (Entry entry : entries) {
      int length = prompt.length() > longest ? 0 : reusable(entry, prompt);
      if (length > most) {
        best = entry;
        most = length;
      }
    }
    return best;
  }

  // The prompt's last token is always run: its logits are what is asked for.
  private static int reusable(Entry entry, ImmutableIntArray prompt) {
    return Math.min(common(entry.ids(), prompt), prompt.length() - 1);
  }

  private static int common(ImmutableIntArray a, ImmutableIntArray b) {
    int most = Math.min(a.length(), b.length());
    int n = 0;
    while (n < most && a.get(n) == b.get(n)) {
      n++;
    }
    return n;
  }

  private void drop(int i) {
    Entry entry = entries.remove(i);
    bytes -= entry.bytes();
    entry.memory().close();
  }

  @Override
  public synchronized void close() {
    while (!entries.isEmpty()) {
      drop(entries.size() - 1);
    }
  }
}
