package org.riselm.examples.lab.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.riselm.core.internal.util.InputFiles;
import org.riselm.onnx.internal.train.EncodedExample;

/**
 * Examples as long as turns of dialogues about GSM8K's problems, with random tokens: the n-th
 * problem's is turn 1 + n mod 3. It sees the question, and for every earlier turn an answer of the
 * reference's length with a dozen tokens of feedback; it learns the answer. Four characters count
 * as a token.
 */
final class Dialogues {
  /** The most tokens of an example; longer ones are left out. */
  static final int LONGEST = 1024;

  private static final int EXAMPLES = 16;
  private static final int FEEDBACK = 12;

  private final List<int[]> lengths;
  private final int vocabulary;

  private Dialogues(List<int[]> lengths, int vocabulary) {
    this.lengths = lengths;
    this.vocabulary = vocabulary;
  }

  static Dialogues read(Path gsm8k, int vocabulary) throws IOException {
    ObjectMapper json = new ObjectMapper();
    List<int[]> lengths = new ArrayList<>();
    int turn = 0;
    for (String line : InputFiles.lines(gsm8k)) {
      JsonNode problem = json.readTree(line);
      int question = Math.max(1, problem.path("question").asText().length() / 4);
      int answer = Math.max(1, problem.path("answer").asText().length() / 4);
      int prompt = question + turn * (answer + FEEDBACK);
      turn = (turn + 1) % 3;
      if (prompt + answer <= LONGEST) {
        lengths.add(new int[] {prompt, answer});
      }
    }
    return new Dialogues(lengths, vocabulary);
  }

  /** The examples of an optimizer step: always the same for the same step. */
  List<EncodedExample> step(int step) {
    List<EncodedExample> examples = new ArrayList<>();
    for (int i = 0; i < EXAMPLES; i++) {
      int index = (step * EXAMPLES + i) % lengths.size();
      int[] l = lengths.get(index);
      SplittableRandom random = new SplittableRandom(index);
      int[] prompt = random.ints(l[0], 0, vocabulary).toArray();
      examples.add(EncodedExample.of(prompt, random.ints(l[1], 0, vocabulary).toArray(), 1));
    }
    return examples;
  }
}
