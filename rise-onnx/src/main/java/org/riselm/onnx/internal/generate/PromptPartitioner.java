package org.riselm.onnx.internal.generate;

import com.google.common.primitives.ImmutableIntArray;
import com.google.common.primitives.Ints;
import java.util.ArrayList;
import java.util.List;

/**
 * Which worker runs which responses. A matter of the prompts alone and not of time, so that a
 * call's responses share their batches with the same ones every time.
 */
final class PromptPartitioner {
  private PromptPartitioner() {}

  /**
   * Partitions responses in {@link ContinuousBatch#ORDER}, as many to each worker as to the others
   * but for one. Equal prompts stay together, so that each is run once, where that does not make a
   * worker's share larger.
   *
   * @return the workers' responses; none is empty if there are as many responses as workers
   */
  static List<List<Sequence>> among(int workers, List<Sequence> sequences) {
    List<List<Sequence>> parts = new ArrayList<>();
    int[] room = new int[workers];
    for (int i = 0; i < workers; i++) {
      parts.add(new ArrayList<>());
      room[i] = sequences.size() / workers + (i < sequences.size() % workers ? 1 : 0);
    }
    int worker = 0;
    ImmutableIntArray last = ImmutableIntArray.of(); // which no prompt is
    for (Sequence sequence : sequences.stream().sorted(ContinuousBatch.ORDER).toList()) {
      if (room[worker] == 0 || !sequence.promptIds().equals(last)) {
        worker = Ints.indexOf(room, Ints.max(room));
      }
      parts.get(worker).add(sequence);
      room[worker]--;
      last = sequence.promptIds();
    }
    return parts;
  }
}
