package org.riselm.onnx.internal.gguf;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** How byte-level tokenizers cut texts before they merge, by llama.cpp's names. */
final class PreTokenizers {
  private static final String CONTRACTIONS = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
  private static final String REST = "|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
  private static final String WORDS = "|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|";
  private static final String SIGNS = "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*";
  private static final String UPPER = "[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]";
  private static final String LOWER = "[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]";
  private static final String BEFORE = "[^\\r\\n\\p{L}\\p{N}]?";

  private static final String LLAMA_3 = CONTRACTIONS + WORDS + "\\p{N}{1,3}" + SIGNS + REST;
  private static final String QWEN_2 = CONTRACTIONS + WORDS + "\\p{N}" + SIGNS + REST;
  private static final String TEKKEN = cased("") + "|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*" + REST;
  private static final String GPT_4O =
      cased(CONTRACTIONS + "?") + "|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*" + REST;

  private static final Map<String, Kind> BY_NAME =
      Map.ofEntries(
          Map.entry("gpt-2", new Kind("", false, false, false)),
          Map.entry("smollm", new Kind("", true, false, false)),
          Map.entry("starcoder", new Kind("", true, false, false)),
          Map.entry("refact", new Kind("", true, false, false)),
          Map.entry("llama-bpe", new Kind(LLAMA_3, false, true, false)),
          Map.entry("dbrx", new Kind(LLAMA_3, false, false, false)),
          Map.entry("smaug-bpe", new Kind(LLAMA_3, false, false, false)),
          Map.entry("qwen2", new Kind(QWEN_2, false, false, true)),
          Map.entry("deepseek-r1-qwen", new Kind(QWEN_2, false, false, true)),
          Map.entry("tekken", new Kind(TEKKEN, false, true, false)),
          Map.entry("gpt-4o", new Kind(GPT_4O, false, false, false)));

  private static final ObjectMapper JSON = new ObjectMapper();

  private PreTokenizers() {}

  private static String cased(String end) {
    return BEFORE + UPPER + "*" + LOWER + "+" + end + "|" + BEFORE + UPPER + "+" + LOWER + "*"
        + end;
  }

  /**
   * A way to cut texts.
   *
   * @param regex what the pieces are; empty for GPT-2's own
   * @param digits whether every digit is a piece, before all else
   * @param wholeWords whether a piece that is a token is that token, whatever the merges
   * @param normalizes to Unicode's form C
   */
  record Kind(String regex, boolean digits, boolean wholeWords, boolean normalizes) {
    /** Returns the step of {@code tokenizer.json}. */
    ObjectNode step() {
      ObjectNode bytes = byteLevel(regex.isEmpty());
      if (regex.isEmpty() && !digits) {
        return bytes;
      }
      ObjectNode all = JSON.createObjectNode().put("type", "Sequence");
      ArrayNode steps = all.putArray("pretokenizers");
      if (digits) {
        steps.addObject().put("type", "Digits").put("individual_digits", true);
      }
      if (!regex.isEmpty()) {
        ObjectNode split = steps.addObject().put("type", "Split");
        split.putObject("pattern").put("Regex", regex);
        split.put("behavior", "Isolated").put("invert", false);
      }
      steps.add(bytes);
      return all;
    }
  }

  /** Returns the step of {@code tokenizer.json} that makes characters of bytes, or undoes it. */
  static ObjectNode byteLevel(boolean cuts) {
    return JSON.createObjectNode()
        .put("type", "ByteLevel")
        .put("add_prefix_space", false)
        .put("trim_offsets", true)
        .put("use_regex", cuts);
  }

  static Optional<Kind> of(String name) {
    return Optional.ofNullable(BY_NAME.get(name));
  }

  /** Returns the name of a kind; the first one, if it has several. */
  static Optional<String> name(Kind kind) {
    return names().stream().filter(name -> kind.equals(BY_NAME.get(name))).findFirst();
  }

  static List<String> names() {
    return new ArrayList<>(new TreeSet<>(BY_NAME.keySet()));
  }
}
