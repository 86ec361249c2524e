package org.riselm.onnx.internal.generate;

import com.google.common.primitives.ImmutableIntArray;
import com.google.common.primitives.Ints;
import java.util.ArrayList;
import java.util.List;

/**
 * Which lane runs which answers. A matter of the prompts alone and not of time, so that a call's
 * answers share their batches with the same ones every time.
 */
final class PromptPartitioner {
  private PromptPartitioner() {}

  /**
   * Deals answers in {@link ContinuousBatch#ORDER}, as many to each lane as to the others but for
   * one. Equal prompts stay together, so that each is run once, where that does not make a lane's
   * share larger.
   *
   * @return the lanes' answers; none is empty if there are as many answers as lanes
   */
  static List<List<Sequence>> among(int lanes, List<Sequence> answers) {
    List<List<Sequence>> dealt = new ArrayList<>();
    int[] room = new int[lanes];
    for (int i = 0; i < lanes; i++) {
      dealt.add(new ArrayList<>());
      room[i] = answers.size() / lanes + (i < answers.size() % lanes ? 1 : 0);
    }
    int lane = 0;
    ImmutableIntArray last = ImmutableIntArray.of(); // which no prompt is
    for (Sequence answer : answers.stream().sorted(ContinuousBatch.ORDER).toList()) {
      if (room[lane] == 0 || !answer.promptIds().equals(last)) {
        lane = Ints.indexOf(room, Ints.max(room));
      }
      dealt.get(lane).add(answer);
      room[lane]--;
      last = answer.promptIds();
    }
    return dealt;
  }
}
