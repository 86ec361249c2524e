package org.riselm.onnx.text;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Writes small {@code tokenizer.json} files, for models that start from random weights. Ordinary
 * tokens come first, in order; special tokens get the ids after them.
 */
public final class TokenizerFiles {
  private static final ObjectMapper JSON = new ObjectMapper();

  private TokenizerFiles() {}

  /**
   * Writes a tokenizer of a token per word; words are separated by white space, and decode
   * separated by one space. A word outside the vocabulary is an error when it is encoded, not a
   * guess.
   *
   * @param vocabulary the words, distinct, without white space
   * @param specials the special tokens, distinct from the words
   * @param file to write
   * @throws IOException if reading or writing fails; names the file
   */
  public static void wordLevel(List<String> vocabulary, List<String> specials, Path file)
      throws IOException {
    checkDistinct(vocabulary, specials);
    ObjectNode model = JSON.createObjectNode().put("type", "WordLevel");
    addVocabulary(model, vocabulary);
    // Not in the vocabulary, so unknown words fail.
    model.put("unk_token", "");
    ObjectNode root = skeleton(vocabulary.size(), specials);
    root.putObject("pre_tokenizer").put("type", "WhitespaceSplit");
    root.set("model", model);
    Files.writeString(file, root.toPrettyString());
  }

  /**
   * Writes a tokenizer of a token per byte of UTF-8. Any text round-trips.
   *
   * @param specials the special tokens; they get the ids from 256
   * @param file to write
   * @throws IOException if reading or writing fails; names the file
   */
  public static void byteLevel(List<String> specials, Path file) throws IOException {
    List<String> alphabet = byteAlphabet();
    checkDistinct(alphabet, specials);
    ObjectNode model = JSON.createObjectNode().put("type", "BPE");
    addVocabulary(model, alphabet);
    model.putArray("merges");
    ObjectNode root = skeleton(alphabet.size(), specials);
    root.set("pre_tokenizer", byteLevelStep());
    root.set("decoder", byteLevelStep());
    root.set("model", model);
    Files.writeString(file, root.toPrettyString());
  }

  private static ObjectNode byteLevelStep() {
    return JSON.createObjectNode()
        .put("type", "ByteLevel")
        .put("add_prefix_space", false)
        .put("trim_offsets", true)
        .put("use_regex", false);
  }

  private static void addVocabulary(ObjectNode model, List<String> tokens) {
    ObjectNode vocabulary = model.putObject("vocab");
    for (int id = 0; id < tokens.size(); id++) {
      vocabulary.put(tokens.get(id), id);
    }
  }

  private static ObjectNode skeleton(int firstSpecialId, List<String> specials) {
    ObjectNode root = JSON.createObjectNode().put("version", "1.0");
    root.putNull("truncation").putNull("padding");
    ArrayNode added = root.putArray("added_tokens");
    for (int i = 0; i < specials.size(); i++) {
      added
          .addObject()
          .put("id", firstSpecialId + i)
          .put("content", specials.get(i))
          .put("single_word", false)
          .put("lstrip", false)
          .put("rstrip", false)
          .put("normalized", false)
          .put("special", true);
    }
    return root.putNull("normalizer")
        .putNull("pre_tokenizer")
        .putNull("post_processor")
        .putNull("decoder");
  }

  /**
   * The character that stands for each byte in a byte-level vocabulary (GPT-2's table): printable
   * Latin-1 stands for itself, the other bytes for the characters from U+0100.
   */
  private static List<String> byteAlphabet() {
    int[] next = {0x100};
    return IntStream.range(0, 256)
        .mapToObj(b -> Character.toString(isPrintable(b) ? b : next[0]++))
        .toList();
  }

  private static boolean isPrintable(int b) {
    return (b >= '!' && b <= '~') || (b >= 0xA1 && b <= 0xFF && b != 0xAD);
  }

  private static void checkDistinct(List<String> vocabulary, List<String> specials) {
    Set<String> seen = new HashSet<>();
    for (List<String> tokens : List.of(vocabulary, specials)) {
      for (String token : tokens) {
        if (token.isEmpty() || token.chars().anyMatch(Character::isWhitespace)) {
          throw new IllegalArgumentException(
              "token \"%s\" is empty or holds white space".formatted(token));
        }
        if (!seen.add(token)) {
          throw new IllegalArgumentException("token \"%s\" is listed twice".formatted(token));
        }
      }
    }
  }
}
