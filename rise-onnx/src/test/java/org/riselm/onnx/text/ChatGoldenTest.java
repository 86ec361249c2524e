package org.riselm.onnx.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.riselm.core.mdp.HistoryWindow;
import org.riselm.core.mdp.Problem;
import org.riselm.core.mdp.Response;
import org.riselm.core.mdp.State;
import org.riselm.core.mdp.Turn;

/** What transformers made of chats; make_chat.py recorded it. */
class ChatGoldenTest {
  static final List<String> MODELS = ChatModels.NAMES;
  private static final JsonNode GOLDEN = ChatModels.golden();

  private static Map<String, Tokenizer> tokenizers;

  @BeforeAll
  static void open() {
    tokenizers = new LinkedHashMap<>();
    MODELS.forEach(m -> tokenizers.put(m, ChatModels.tokenizer(m)));
  }

  @AfterAll
  static void close() {
    tokenizers.values().forEach(Tokenizer::close);
  }

  private static int[] ids(JsonNode list) {
    return IntStream.range(0, list.size()).map(i -> list.get(i).asInt()).toArray();
  }

  private static List<Message> conversation(String rendering) {
    String name = rendering.substring(0, rendering.indexOf(','));
    return ChatModels.messages(GOLDEN.path("cases").path(name));
  }

  @ParameterizedTest
  @FieldSource("MODELS")
  void textAndIdsAreThoseOfTransformers(String model) {
    ChatTemplate template = ChatModels.template(model);
    for (Map.Entry<String, JsonNode> c : GOLDEN.path("models").path(model).properties()) {
      List<Message> messages = conversation(c.getKey());
      boolean answering = c.getKey().endsWith("True");
      if (c.getValue().has("refused")) {
        String said =
            assertThrows(IllegalArgumentException.class, () -> template.trace(messages, answering))
                .getMessage();
        assertTrue(said.contains(c.getValue().path("refused").asText()), said);
        continue;
      }
      var text = template.trace(messages, answering);
      assertEquals(c.getValue().path("text").asText(), text.text(), c.getKey());
      assertArrayEquals(
          ids(c.getValue().path("ids")), tokenizers.get(model).encode(text), c.getKey());
    }
  }

  @ParameterizedTest
  @FieldSource("MODELS")
  void encodedConversationsHaveTheSameIdsAndLearnEveryAnswer(String model) {
    ChatTemplate template = ChatModels.template(model);
    Tokenizer tokenizer = tokenizers.get(model);
    for (Map.Entry<String, JsonNode> c : GOLDEN.path("models").path(model).properties()) {
      if (c.getKey().endsWith("True") || c.getValue().has("refused")) {
        continue;
      }
      List<Message> messages = conversation(c.getKey());
      EncodedConversation t = template.encode(c.getKey(), messages, tokenizer);
      assertArrayEquals(ids(c.getValue().path("ids")), t.ids().toArray(), c.getKey());
      assertEquals(messages.stream().filter(Message::isAssistant).count(), runs(t), c.getKey());
      // Each run ends with what stops the model.
      int stop = template.stopIds(tokenizer)[0];
      int[] ids = t.ids().toArray();
      int[] mask = t.mask();
      for (int i = 0; i < ids.length; i++) {
        boolean last = mask[i] == 1 && (i + 1 == mask.length || mask[i + 1] == 0);
        assertEquals(last, mask[i] == 1 && ids[i] == stop, c.getKey());
      }
    }
  }

  private static long runs(EncodedConversation t) {
    int[] mask = t.mask();
    return IntStream.range(0, mask.length)
        .filter(i -> mask[i] == 1 && (i == 0 || mask[i - 1] == 0))
        .count();
  }

  /** transformers marks what the template marks: the answer, the stop token and a line's end. */
  @Test
  void theMaskIsWhatTheTemplateMarksUpToTheStopToken() {
    Tokenizer tokenizer = tokenizers.get("marked");
    ChatTemplate template = ChatModels.template("marked");
    int stop = tokenizer.idOf("<|im_end|>");
    for (Map.Entry<String, JsonNode> c : GOLDEN.path("models").path("marked").properties()) {
      if (c.getKey().endsWith("True")) {
        continue;
      }
      int[] theirs = ids(c.getValue().path("mask"));
      int[] ids = ids(c.getValue().path("ids"));
      for (int i = 1; i < ids.length; i++) {
        theirs[i] = ids[i - 1] == stop ? 0 : theirs[i];
      }
      List<Message> messages = conversation(c.getKey());
      EncodedConversation t = template.encode(c.getKey(), messages, tokenizer);
      assertArrayEquals(theirs, t.mask(), c.getKey());
    }
  }

  @ParameterizedTest
  @FieldSource("MODELS")
  void aStateIsTheConversationThatItShows(String model) {
    for (String name : List.of("turns", "unicode", "code", "empty", "thoughts")) {
      List<Message> messages = ChatModels.messages(GOLDEN.path("cases").path(name));
      // Up to the last question, answered so far.
      int last = messages.size() - (messages.get(messages.size() - 1).isAssistant() ? 1 : 0);
      List<Turn> turns = new ArrayList<>();
      for (int i = 1; i < last; i += 2) {
        turns.add(
            Turn.of(Response.ofText(text(messages.get(i))), 0)
                .withFeedback(text(messages.get(i + 1))));
      }
      State state = HistoryWindow.all().state(Problem.of("p", text(messages.get(0)), "12"), turns);
      ChatTemplate template = ChatModels.template(model);
      int[] expected =
          tokenizers.get(model).encode(template.trace(messages.subList(0, last), true));
      assertArrayEquals(expected, template.prompt(state, tokenizers.get(model)), name);
      if (last < messages.size()) {
        EncodedTurn turn =
            template.turn(state, Response.ofText(text(messages.get(last))), tokenizers.get(model));
        EncodedTurn same = template.turns(name, messages, tokenizers.get(model)).get(turns.size());
        assertEquals(same, turn, name);
      }
    }
  }

  private static String text(Message message) {
    return String.valueOf(message.fields().get("content"));
  }
}
