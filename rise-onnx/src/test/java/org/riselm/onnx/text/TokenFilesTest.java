package org.riselm.onnx.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** What transformers made of tokens in several files; make_tokens.py recorded it. */
class TokenFilesTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final JsonNode GOLDEN = golden();
  static final List<String> CASES =
      StreamSupport.stream(GOLDEN.spliterator(), false).map(c -> c.path("name").asText()).toList();

  @TempDir Path folder;

  private static JsonNode golden() {
    try (InputStream in = TokenFilesTest.class.getResourceAsStream("tokens/cases.json")) {
      return JSON.readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static JsonNode golden(String name) {
    return GOLDEN.get(CASES.indexOf(name));
  }

  private Tokenizer load(JsonNode files) throws IOException {
    for (Map.Entry<String, JsonNode> file : files.properties()) {
      Files.writeString(folder.resolve(file.getKey()), file.getValue().toString());
    }
    return Tokenizer.load(folder.resolve("tokenizer.json"));
  }

  private String refusal(JsonNode files) {
    return assertThrows(IOException.class, () -> load(files)).getMessage();
  }

  private void write(String file, String json) throws IOException {
    Files.writeString(folder.resolve(file), json);
  }

  @ParameterizedTest
  @FieldSource("CASES")
  void idsAreThoseOfTransformers(String name) throws IOException {
    JsonNode golden = golden(name);
    try (Tokenizer tokenizer = load(golden.get("files"))) {
      for (int i = 0; i < golden.get("texts").size(); i++) {
        int[] expected = JSON.convertValue(golden.get("ids").get(i), int[].class);
        String text = golden.get("texts").get(i).asText();
        assertArrayEquals(expected, tokenizer.encodeMarkup(text), text);
      }
    }
  }

  @Test
  void aTokenIsSpecialIfAnyFileSaysSo() throws IOException {
    JsonNode files = golden("only named in tokenizer_config.json").get("files");
    try (Tokenizer tokenizer = load(files)) {
      assertEquals(List.of("<|in|>", "<|out|>"), List.copyOf(tokenizer.specialTokens().keySet()));
      assertEquals(6, tokenizer.encode("<|in|>").length);
      assertEquals(1, tokenizer.encode("<tool>").length);
    }
    write("special_tokens_map.json", "{\"pad_token\": \"<tool>\"}");
    try (Tokenizer tokenizer = Tokenizer.load(folder.resolve("tokenizer.json"))) {
      assertTrue(tokenizer.specialTokens().containsKey("<tool>"));
      assertEquals(6, tokenizer.encode("<tool>").length);
    }
  }

  @Test
  void anIdThatTheLibraryWouldNotGiveIsRefusedByTokenAndFile() throws IOException {
    JsonNode files = golden("only in added_tokens.json").get("files").deepCopy();
    load(files).close();
    write("added_tokens.json", "{\"<tool>\": 40}");
    String message =
        assertThrows(IOException.class, () -> Tokenizer.load(folder.resolve("tokenizer.json")))
            .getMessage();
    assertTrue(message.contains("added_tokens.json") && message.contains("<tool>"), message);
    assertTrue(message.contains("40") && message.contains("32"), message);
  }

  @Test
  void tokensOfOneFileWithGapsAreRefused() throws IOException {
    JsonNode files = golden("only in tokenizer.json").get("files").deepCopy();
    load(files).close();
    ((ObjectNode) files.path("tokenizer.json").path("added_tokens").get(0)).put("id", 50);
    String message = refusal(files);
    assertTrue(message.contains("<|in|>") && message.contains("50"), message);
  }

  @Test
  void aFolderWithAnotherFormatOnlyIsRefusedWithWhatToDo() throws IOException {
    write("tokenizer.model", "binary");
    String message =
        assertThrows(IOException.class, () -> Tokenizer.load(folder.resolve("tokenizer.json")))
            .getMessage();
    assertTrue(message.contains("tokenizer.model") && message.contains("AutoTokenizer"), message);
  }

  @Test
  void tokensBeyondTheModelAreRefusedWhereATextNeedsThem() throws IOException {
    load(golden("only in tokenizer.json").get("files")).close();
    Path file = folder.resolve("tokenizer.json");
    try (Tokenizer tokenizer = Tokenizer.load(file, 32)) {
      assertEquals(OptionalInt.of(32), tokenizer.id("<|in|>"));
      assertEquals(2, tokenizer.encodeMarkup("ab").length);
      String message =
          assertThrows(UnencodableTextException.class, () -> tokenizer.encodeMarkup("a<|in|>"))
              .getMessage();
      assertTrue(message.contains("<|in|>") && message.contains("32"), message);
      assertFalse(message.contains("\"\""), message);
    }
  }

  @Test
  void theTemplateSeesTheTokensThatTransformersShowsIt() throws IOException {
    write("tokenizer_config.json", "{\"eos_token\": \"a\", \"chat_template\": \"x\"}");
    write("special_tokens_map.json", "{\"eos_token\": {\"content\": \"b\"}}");
    assertEquals("b", ChatTemplateFiles.read(folder).specialTokens().get("eos_token"));
    write(
        "tokenizer_config.json",
        "{\"eos_token\": \"a\", \"chat_template\": \"x\", \"added_tokens_decoder\": {}}");
    assertEquals("a", ChatTemplateFiles.read(folder).specialTokens().get("eos_token"));
  }
}
