package org.riselm.onnx.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.primitives.Ints;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.riselm.core.mdp.Problem;
import org.riselm.core.mdp.Response;
import org.riselm.core.mdp.Response.FinishReason;
import org.riselm.core.mdp.State;
import org.riselm.core.mdp.Tokens;
import org.riselm.core.mdp.Turn;

class ChatTemplateTest {
  private static final Map<String, Tokenizer> TOKENIZERS = new LinkedHashMap<>();
  private static final Map<String, ChatTemplate> TEMPLATES = new LinkedHashMap<>();

  @BeforeAll
  @BeforeContainer
  static void open() {
    for (String name : ChatModels.NAMES) {
      TOKENIZERS.put(name, ChatModels.tokenizer(name));
      TEMPLATES.put(name, ChatModels.template(name));
    }
  }

  @AfterAll
  @AfterContainer
  static void close() {
    TOKENIZERS.values().forEach(Tokenizer::close);
    TOKENIZERS.clear();
  }

  private static Tokenizer chatml() {
    return TOKENIZERS.get("chatml");
  }

  private static State after(Response... responses) {
    List<Turn> turns =
        Arrays.stream(responses).map(r -> Turn.of(r, 0).withFeedback("again")).toList();
    return new State(Problem.of("p7", "8 + 4?", "12"), turns, turns.size() + 1);
  }

  /** {@code text} spelled letter by letter, as no tokenizer spells it, and the stop token. */
  private static Response spelled(String text, Tokenizer tokenizer, String... more) {
    List<Integer> ids = new ArrayList<>();
    text.chars().forEach(c -> ids.addAll(Ints.asList(tokenizer.encode(Character.toString(c)))));
    for (String name : more) {
      ids.add(tokenizer.idOf(name));
    }
    return new Response(text, Tokens.of(Ints.toArray(ids)), FinishReason.STOP);
  }

  private static boolean contains(int[] ids, int[] part) {
    return Ints.indexOf(ids, part) >= 0;
  }

  @Test
  void sampledIdsStandInLaterPromptsAsTheyWereSampled() {
    Response said = spelled("The answer", chatml(), "<|im_end|>");
    int[] sampled = said.tokens().toArray();
    assertTrue(chatml().encode("The answer").length < sampled.length - 1, "other ids, same text");
    int[] first = TEMPLATES.get("chatml").prompt(after(), chatml());
    int[] second = TEMPLATES.get("chatml").prompt(after(said), chatml());
    // What came before and what was sampled is where the next prompt starts.
    assertArrayEquals(
        Ints.concat(first, sampled), Arrays.copyOf(second, first.length + sampled.length));
    assertEquals(
        chatml().decode(second),
        chatml()
            .decode(
                TEMPLATES.get("chatml").prompt(after(Response.ofText("The answer")), chatml())));
    int[] third = TEMPLATES.get("chatml").prompt(after(said, said), chatml());
    assertArrayEquals(
        Ints.concat(second, sampled), Arrays.copyOf(third, second.length + sampled.length));
  }

  @Test
  void aSpecialTokenInsideWhatWasSampledStays() {
    Response odd = spelled("ab", chatml(), "<|endoftext|>", "<|im_end|>");
    assertTrue(
        contains(TEMPLATES.get("chatml").prompt(after(odd), chatml()), odd.tokens().toArray()));
  }

  @Test
  void aResponseThatWasCutIsClosedByTheTemplate() {
    Response said = spelled("The answer", chatml());
    Response cut = new Response(said.text(), said.tokens(), FinishReason.LENGTH);
    int[] closed = Ints.concat(cut.tokens().toArray(), new int[] {chatml().idOf("<|im_end|>")});
    assertTrue(contains(TEMPLATES.get("chatml").prompt(after(cut), chatml()), closed));
    assertArrayEquals(
        cut.tokens().toArray(),
        TEMPLATES.get("chatml").turn(after(), cut, chatml()).target().toArray());
  }

  @Test
  void whatTheTemplateRewritesIsItsText() {
    Tokenizer thinking = TOKENIZERS.get("thinking");
    Response said = spelled("<think>\nhm\n</think>\n\nThe answer", thinking, "<|im_end|>");
    int[] prompt = TEMPLATES.get("thinking").prompt(after(said), thinking);
    assertEquals(
        "user\n8 + 4?\nassistant\nThe answer\nuser\nagain\nassistant\n", thinking.decode(prompt));
    assertTrue(contains(prompt, thinking.encode("The answer")));
    // The template trims.
    Tokenizer header = TOKENIZERS.get("header");
    Response spaced = spelled("The answer ", header, "<|eot_id|>");
    int[] trimmed = TEMPLATES.get("header").prompt(after(spaced), header);
    assertTrue(contains(trimmed, header.encode("The answer")), Arrays.toString(trimmed));
    assertTrue(!contains(trimmed, header.encode("answer ")), Arrays.toString(trimmed));
  }

  @Test
  void aSpaceThatTheTokenizerAddsIsNoChange() {
    Tokenizer brackets = TOKENIZERS.get("brackets");
    // The template puts a space before an answer; so does the first token, which decodes without.
    int space = brackets.encode("x")[0];
    int[] letters = {space, brackets.idOf("a"), brackets.idOf("n"), brackets.idOf("s")};
    int[] sampled = Ints.concat(letters, new int[] {brackets.idOf("</s>")});
    Response said = new Response(brackets.decode(letters), Tokens.of(sampled), FinishReason.STOP);
    assertEquals("ans", said.text());
    int[] prompt = TEMPLATES.get("brackets").prompt(after(said), brackets);
    assertTrue(contains(prompt, sampled), Arrays.toString(prompt));
  }

  @Test
  void targetsAreTheSampledIdsOrTheTemplatesText() {
    Response said = spelled("12", chatml(), "<|im_end|>");
    ChatTemplate template = TEMPLATES.get("chatml");
    assertArrayEquals(
        said.tokens().toArray(), template.turn(after(), said, chatml()).target().toArray());
    EncodedTurn turn = template.turn(after(said), Response.ofText("12"), chatml());
    assertArrayEquals(template.prompt(after(said), chatml()), turn.prompt().toArray());
    assertArrayEquals(
        Ints.concat(chatml().encode("12"), new int[] {chatml().idOf("<|im_end|>")}),
        turn.target().toArray());
    Tokenizer thinking = TOKENIZERS.get("thinking");
    assertEquals(
        "<think>\n\n</think>\n\n12",
        thinking.decode(
            TEMPLATES
                .get("thinking")
                .turn(after(), Response.ofText("12"), thinking)
                .target()
                .toArray()));
  }

  @Test
  void aTemplateWhosePromptIsNoBeginningIsAnErrorThatNamesTheTurn(@TempDir Path folder)
      throws IOException {
    String source =
        "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>{% endfor %}"
            + "{% if add_generation_prompt %}<|im_start|>assistant\n<think>\n{% endif %}";
    ChatTemplate template = template(folder, source);
    for (Response r : List.of(Response.ofText("12"), spelled("12", chatml(), "<|im_end|>"))) {
      String said =
          assertThrows(
                  IllegalArgumentException.class,
                  () -> template.turn(after(Response.ofText("11")), r, chatml()))
              .getMessage();
      assertTrue(said.contains("problem p7, turn 2") && said.contains("<think>"), said);
    }
    List<Message> messages = List.of(Message.user("a"), Message.assistant("b"));
    String said =
        assertThrows(
                IllegalArgumentException.class,
                () -> template.encode("chat.json", messages, chatml()))
            .getMessage();
    assertTrue(said.startsWith("chat.json: message 2"), said);
  }

  private static ChatTemplate template(Path folder, String source) throws IOException {
    Files.writeString(folder.resolve("chat_template.jinja"), source);
    return ChatTemplate.read(folder).orElseThrow();
  }

  @Test
  void aTemplateThatEndsAnswersWithNothingIsRefused(@TempDir Path folder) throws IOException {
    ChatTemplate template =
        template(folder, "{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}");
    String said =
        assertThrows(IllegalArgumentException.class, () -> template.stopIds(chatml())).getMessage();
    assertTrue(said.contains("prompt_format.json") && said.contains(folder.toString()), said);
  }

  @Test
  void stopIdsAreTheTemplatesAndTheConfigurations(@TempDir Path folder) throws IOException {
    ChatModels.copy("header", folder);
    Tokenizer header = TOKENIZERS.get("header");
    int turn = header.idOf("<|eot_id|>");
    int text = header.idOf("<|end_of_text|>");
    // As the token's role says.
    assertArrayEquals(new int[] {turn, text}, TEMPLATES.get("header").stopIds(header));
    int other = header.idOf("<|start_header_id|>");
    Files.writeString(folder.resolve("config.json"), "{\"eos_token_id\": " + text + "}");
    // 2 is a letter.
    Files.writeString(
        folder.resolve("generation_config.json"), "{\"eos_token_id\": [2, " + other + "]}");
    assertArrayEquals(
        new int[] {turn, other, text}, ChatTemplate.read(folder).orElseThrow().stopIds(header));
  }

  @Test
  void badFilesAreNamed(@TempDir Path folder) throws IOException {
    assertNamed(folder, "prompt_format.json", "chat_template.jinja");
    write(folder, "tokenizer_config.json", "{\"chat_template\": ");
    assertNamed(folder, "tokenizer_config.json", "JSON");
    write(folder, "tokenizer_config.json", "{\"chat_template\": [{\"name\": \"rag\"}]}");
    assertNamed(folder, "tokenizer_config.json", "rag");
    write(folder, "tokenizer_config.json", "{\"chat_template\": \"a\\n{% nope %}\"}");
    assertNamed(folder, "tokenizer_config.json", "line 2");
    Files.write(folder.resolve("chat_template.jinja"), new byte[] {(byte) 0xff});
    assertNamed(folder, "chat_template.jinja", "UTF-8");
  }

  private static void write(Path folder, String file, String text) throws IOException {
    Files.writeString(folder.resolve(file), text);
  }

  private static void assertNamed(Path folder, String file, String problem) {
    IOException e = assertThrows(IOException.class, () -> PromptFormat.read(folder));
    assertTrue(e.getMessage().contains(folder.resolve(file).toString()), e.getMessage());
    assertTrue(e.getMessage().contains(problem), e.getMessage());
  }

  @Property(tries = 60)
  void specialTokensOfTextsStayText(
      @ForAll("models") String model,
      @ForAll @From("texts") String question,
      @ForAll @From("texts") String answer,
      @ForAll @From("texts") String feedback) {
    Tokenizer tokenizer = TOKENIZERS.get(model);
    ChatTemplate template = TEMPLATES.get(model);
    List<Message> plain = List.of(Message.user("u"), Message.assistant("a"), Message.user("f"));
    List<Message> messages =
        List.of(Message.user(question), Message.assistant(answer), Message.user(feedback));
    int[] ids = tokenizer.encode(template.trace(messages, true));
    assertArrayEquals(
        special(tokenizer.encode(template.trace(plain, true)), tokenizer),
        special(ids, tokenizer),
        "the template's special tokens and no others");
    // Nothing is lost: what is not special spells the whole text.
    String text = template.render(messages, true);
    String spelled = tokenizer.decode(ids);
    for (String name : tokenizer.specialTokens().keySet()) {
      text = text.replace(name, "");
      spelled = spelled.replace(name, "");
    }
    assertEquals(letters(text), letters(spelled));
    EncodedConversation encoded = template.encode("test", messages.subList(0, 2), tokenizer);
    int[] said = new int[encoded.ids().size()];
    int n = 0;
    for (int i = 0; i < said.length; i++) {
      if (encoded.mask()[i] == 1) {
        said[n++] = encoded.ids().toArray()[i];
      }
    }
    int[] stops = template.stopIds(tokenizer);
    assertTrue(Ints.contains(stops, said[n - 1]), "the answer ends where the template ends it");
    assertEquals(1, special(Arrays.copyOf(said, n), tokenizer).length);
  }

  // SentencePiece's decoders drop spaces at the start.
  private static String letters(String text) {
    return text.replaceAll("\\s", "");
  }

  private static int[] special(int[] ids, Tokenizer tokenizer) {
    return Arrays.stream(ids)
        .filter(id -> tokenizer.specialTokens().containsValue(id))
        .filter(id -> !Integer.valueOf(id).equals(tokenizer.specialTokens().get("<unk>")))
        .toArray();
  }

  @Provide
  Arbitrary<String> models() {
    return Arbitraries.of(ChatModels.NAMES);
  }

  @Provide
  Arbitrary<String> texts() {
    List<String> parts = new ArrayList<>();
    for (Tokenizer tokenizer : TOKENIZERS.values()) {
      parts.addAll(tokenizer.specialTokens().keySet());
    }
    parts.removeIf(name -> name.equals("<unk>"));
    parts.addAll(List.of("<|", "im_end|>", "<", "s>", "/s>", "[INST", "]", "12 ", "ab", "\u00e4"));
    // A letter at either end, so that no template trims.
    return Arbitraries.of(parts)
        .list()
        .ofMinSize(1)
        .ofMaxSize(6)
        .map(p -> "x" + String.join("", p) + "y");
  }

  @Test
  void aSpecialTokenHalfOfDataIsText(@TempDir Path folder) throws IOException {
    ChatTemplate template =
        template(
            folder,
            "{% for m in messages %}<|im_start|>{{ m.content }}<|{{ m.name }}|>{% endfor %}");
    List<Message> messages =
        List.of(new Message(Map.of("role", "user", "content", "<|im_start|", "name", "im_end")));
    int[] ids = chatml().encode(template.trace(messages, false));
    assertArrayEquals(new int[] {chatml().idOf("<|im_start|>")}, special(ids, chatml()));
    assertEquals(
        "<|im_start|<|im_end|>",
        chatml().decode(ids),
        "the special token is left out, what looks like one is spelled");
  }

  @Test
  void whatCannotBeTracedMustNotNameSpecialTokens() {
    for (Message bad :
        List.of(
            Message.of("user<|im_end|>", "a"),
            new Message(
                Map.of(
                    "role", "tool", "content", "", "calls", List.of(Map.of("<|im_end|>", 1)))))) {
      String said =
          assertThrows(
                  IllegalArgumentException.class,
                  () ->
                      TEMPLATES
                          .get("chatml")
                          .turns("f.jsonl, line 3", List.of(Message.user("a"), bad), chatml()))
              .getMessage();
      assertTrue(
          said.startsWith("f.jsonl, line 3: message 2") && said.contains("<|im_end|>"), said);
    }
  }

  @Test
  void aTemplatesOwnRefusalNamesTheTurn() {
    List<Message> messages = List.of(Message.assistant("a"), Message.user("b"));
    String said =
        assertThrows(
                IllegalArgumentException.class,
                () -> TEMPLATES.get("inst").encode("chat.json", messages, TOKENIZERS.get("inst")))
            .getMessage();
    assertTrue(said.startsWith("chat.json") && said.contains("Roles must alternate"), said);
  }
}
