package org.riselm.onnx.internal.gguf;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** SentencePiece's BPE as {@code tokenizer.json} has it, made as transformers makes it. */
final class Pieces {
  private static final String SPACE = "▁";

  private Pieces() {}

  /** Two tokens that become one. */
  record Merge(String first, String second, double score) {}

  /** Returns the merges that the scores of tokens mean: the best first. */
  static List<Merge> merges(Map<String, Integer> vocabulary, List<Double> scores) {
    List<Merge> all = new ArrayList<>();
    Comparator<Merge> byId =
        Comparator.<Merge>comparingInt(m -> vocabulary.getOrDefault(m.first(), 0))
            .thenComparingInt(m -> vocabulary.getOrDefault(m.second(), 0));
    vocabulary.forEach(
        (token, id) -> {
          List<Merge> own = new ArrayList<>();
          for (int i = 1; i < token.length(); i++) {
            String first = token.substring(0, i);
            String second = token.substring(i);
            if (vocabulary.containsKey(first) && vocabulary.containsKey(second)) {
              own.add(new Merge(first, second, scores.get(id)));
            }
          }
          own.sort(byId);
          all.addAll(own);
        });
    all.sort(
        Comparator.comparingDouble(Merge::score)
            .thenComparingInt(m -> m.first().length())
            .thenComparingInt(m -> m.second().length())
            .reversed());
    return all;
  }

  /** Sets the steps around the merges. */
  static void setSteps(ObjectNode root, boolean prefixes) {
    ArrayNode before = root.putObject("normalizer").put("type", "Sequence").putArray("normalizers");
    if (prefixes) {
      before.addObject().put("type", "Prepend").put("prepend", SPACE);
    }
    ObjectNode spaces = before.addObject().put("type", "Replace").put("content", SPACE);
    spaces.putObject("pattern").put("String", " ");
    ArrayNode after = root.putObject("decoder").put("type", "Sequence").putArray("decoders");
    ObjectNode back = after.addObject().put("type", "Replace").put("content", " ");
    back.putObject("pattern").put("String", SPACE);
    after.addObject().put("type", "ByteFallback");
    after.addObject().put("type", "Fuse");
    if (prefixes) {
      after.addObject().put("type", "Strip").put("content", " ").put("start", 1).put("stop", 0);
    }
  }
}
