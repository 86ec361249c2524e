package org.riselm.onnx.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenizerTest {
  private static final List<String> WORDS = List.of("Tom", "has", "8", "####", "?", "äpfel");
  private static final List<String> SPECIALS = List.of("<pad>", "<eos>", "<user>");

  private static Tokenizer bytes;
  private static Tokenizer words;

  @BeforeAll
  @BeforeContainer
  static void load() throws IOException {
    Path folder = Files.createTempDirectory("tokenizers");
    Path byteFile = folder.resolve("bytes.json");
    Path wordFile = folder.resolve("words.json");
    try {
      TokenizerFiles.byteLevel(SPECIALS, byteFile);
      TokenizerFiles.wordLevel(WORDS, SPECIALS, wordFile);
      bytes = Tokenizer.load(byteFile);
      words = Tokenizer.load(wordFile);
    } finally {
      Files.deleteIfExists(byteFile);
      Files.deleteIfExists(wordFile);
      Files.delete(folder);
    }
  }

  @AfterAll
  @AfterContainer
  static void close() {
    bytes.close();
    words.close();
  }

  @Property(tries = 500)
  void anyTextRoundTripsThroughBytes(@ForAll("texts") String text) {
    int[] ids = bytes.encode(text);

    assertEquals(text, bytes.decode(ids));
    assertEquals(text.getBytes(StandardCharsets.UTF_8).length, ids.length, "one token per byte");
  }

  @Provide
  Arbitrary<String> texts() {
    // Whole code points, the names of special tokens, and what trips tokenizers: blanks, NUL.
    return Arbitraries.oneOf(
            Arbitraries.integers()
                .between(0, Character.MAX_CODE_POINT)
                .filter(c -> c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE)
                .map(Character::toString),
            Arbitraries.of("<eos>", "<user>", "<", "eos>", " ", "  ", "\n", "\t", "\0", "é", "a"))
        .list()
        .ofMaxSize(40)
        .map(parts -> String.join("", parts));
  }

  @Property(tries = 200)
  void anyWordSequenceRoundTrips(
      @ForAll @Size(max = 30) List<@net.jqwik.api.From("word") String> w) {
    String text = String.join(" ", w);

    int[] ids = words.encode(text);

    assertEquals(w.size(), ids.length);
    assertEquals(text, words.decode(ids));
    for (int i = 0; i < ids.length; i++) {
      assertEquals(WORDS.indexOf(w.get(i)), ids[i]);
    }
  }

  @Provide
  Arbitrary<String> word() {
    return Arbitraries.of(WORDS);
  }

  @Test
  void specialTokensActOnlyInMarkup() {
    int eos = bytes.idOf("<eos>");

    assertArrayEquals(new int[] {eos}, bytes.encodeMarkup("<eos>"));
    assertEquals(5, bytes.encode("<eos>").length, "five bytes, as any other text");
    assertEquals("ab", bytes.decode(new int[] {bytes.idOf("a"), eos, bytes.idOf("b")}));
  }

  @Test
  void otherAddedTokensKeepTheirIdsInTextThatNamesASpecialToken(@TempDir Path folder)
      throws IOException {
    Path file = folder.resolve("tokenizer.json");
    TokenizerFiles.byteLevel(List.of("<eos>", "<tool>"), file);
    String json = Files.readString(file);
    int last = json.lastIndexOf("\"special\" : true");
    Files.writeString(
        file, json.substring(0, last) + json.substring(last).replaceFirst("true", "false"));

    try (Tokenizer tokenizer = Tokenizer.load(file)) {
      assertArrayEquals(new int[] {257}, tokenizer.encode("<tool>"));
      int[] ids = tokenizer.encode("<eos><tool>");
      assertEquals(6, ids.length);
      assertEquals(257, ids[5]);
      assertEquals("<eos><tool>", tokenizer.decode(ids));
    }
  }

  @Test
  void aWordOutsideTheVocabularyIsAnErrorThatShowsTheText() {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> words.encode("Tom has 99"));
    assertTrue(e.getMessage().contains("words.json"), e.getMessage());
    assertTrue(e.getMessage().contains("Tom has 99"), e.getMessage());
    assertThrows(IllegalArgumentException.class, () -> words.encode("Tom <eos>"));
  }

  @Test
  void anUnpairedSurrogateBecomesTheReplacementCharacter() {
    assertEquals("a\uFFFDb", bytes.decode(bytes.encode("a\uD83Db")));
    assertEquals("\uD83D\uDE00", bytes.decode(bytes.encode("\uD83D\uDE00")));
  }

  @Test
  void tokensHaveNamesAndIds() {
    assertEquals(WORDS.size() + SPECIALS.size(), words.vocabularySize());
    assertEquals(256 + SPECIALS.size(), bytes.vocabularySize());
    assertEquals(OptionalInt.of(WORDS.size()), words.id("<pad>"));
    assertEquals(OptionalInt.empty(), words.id("<nope>"));
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> words.idOf("<nope>"));
    assertTrue(e.getMessage().contains("<nope>"), e.getMessage());
  }

  @Test
  void longTextsAreNotTruncated() {
    assertEquals(10_000, bytes.encode("x".repeat(10_000)).length);
  }

  @Test
  void truncationAndPaddingOfTheFileAreIgnored(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("tokenizer.json");
    TokenizerFiles.byteLevel(SPECIALS, file);
    Files.writeString(
        file,
        Files.readString(file)
            .replace(
                "\"truncation\" : null",
                "\"truncation\" : {\"direction\": \"Right\", \"max_length\": 4,"
                    + " \"strategy\": \"LongestFirst\", \"stride\": 0}")
            .replace(
                "\"padding\" : null",
                "\"padding\" : {\"strategy\": {\"Fixed\": 9}, \"direction\": \"Right\","
                    + " \"pad_to_multiple_of\": null, \"pad_id\": 256, \"pad_type_id\": 0,"
                    + " \"pad_token\": \"<pad>\"}"));
    try (Tokenizer tokenizer = Tokenizer.load(file)) {
      assertEquals(6, tokenizer.encode("abcdef").length);
      assertEquals(2, tokenizer.encode("ab").length);
    }
  }

  @Test
  void idsOutsideTheVocabularyAreRefusedByName() {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> words.decode(new int[] {0, 4711}));
    assertTrue(e.getMessage().contains("4711"), e.getMessage());
    // What a padded model samples is no mistake of the caller's.
    assertEquals("Tom has", words.decodeSampled(new int[] {0, 4711, 1}));
  }

  @Test
  void decodingTakesNoLongerWithALargeVocabulary(@TempDir Path folder) throws IOException {
    List<String> many = IntStream.range(0, 50_000).mapToObj(i -> "w" + i).toList();
    Path file = folder.resolve("many.json");
    TokenizerFiles.wordLevel(many, SPECIALS, file);
    try (Tokenizer large = Tokenizer.load(file)) {
      int[] ids = IntStream.range(0, 10_000).map(i -> i % WORDS.size()).toArray();
      long few = nanos(() -> words.decodeSampled(ids));
      long all = nanos(() -> large.decodeSampled(ids));
      assertTrue(all < 20 * few + 500_000_000, all + " ns; " + few + " of a small vocabulary");
    }
  }

  private static long nanos(Runnable decoding) {
    decoding.run();
    long start = System.nanoTime();
    decoding.run();
    return System.nanoTime() - start;
  }

  @Test
  void aBadFileIsOneExceptionThatNamesIt(@TempDir Path folder) throws IOException {
    assertNamed(folder.resolve("missing.json"), "no such file");
    assertNamed(Files.writeString(folder.resolve("a.json"), "{\"model\": "), "not JSON");
    assertNamed(Files.writeString(folder.resolve("b.json"), "{\"version\": 1}"), "model.vocab");
    assertNamed(
        Files.writeString(
            folder.resolve("c.json"), "{\"model\": {\"type\": \"?\", \"vocab\": {}}}"),
        "cannot be built");
    assertNamed(Files.write(folder.resolve("d.json"), new byte[] {(byte) 0xFF}), "UTF-8");
  }

  private static void assertNamed(Path file, String problem) {
    IOException e = assertThrows(IOException.class, () -> Tokenizer.load(file));
    assertTrue(e.getMessage().contains(file.toString()), e.getMessage());
    assertTrue(e.getMessage().contains(problem), e.getMessage());
  }

  @Test
  void closingTwiceIsHarmlessAndUseAfterwardsIsAnError(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("t.json");
    TokenizerFiles.byteLevel(SPECIALS, file);
    Tokenizer tokenizer = Tokenizer.load(file);
    tokenizer.close();
    tokenizer.close();
    assertThrows(IllegalStateException.class, () -> tokenizer.encode("a"));
    assertThrows(IllegalStateException.class, () -> tokenizer.decode(new int[] {1}));
  }

  @Test
  void threadsMayShareATokenizer() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<Boolean>> results = new ArrayList<>();
      for (int t = 0; t < 4; t++) {
        String text = "thread " + t + " <eos> ";
        results.add(
            threads.submit(
                () -> {
                  for (int i = 0; i < 300; i++) {
                    if (!bytes.decode(bytes.encode(text + i)).equals(text + i)) {
                      return false;
                    }
                  }
                  return true;
                }));
      }
      for (Future<Boolean> result : results) {
        assertTrue(result.get());
      }
    } finally {
      threads.shutdown();
    }
  }

  @Test
  void loadingLeavesTheOfflineSwitchAsItWas() {
    assertEquals(null, System.getProperty("ai.djl.offline"));
  }

  @Test
  void doubledTokensAreRefused(@TempDir Path folder) {
    assertThrows(
        IllegalArgumentException.class,
        () -> TokenizerFiles.wordLevel(List.of("a", "a"), SPECIALS, folder.resolve("t.json")));
    assertThrows(
        IllegalArgumentException.class,
        () -> TokenizerFiles.wordLevel(List.of("<eos>"), SPECIALS, folder.resolve("t.json")));
  }
}
