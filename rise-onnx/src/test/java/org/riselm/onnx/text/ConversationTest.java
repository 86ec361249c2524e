package org.riselm.onnx.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.riselm.onnx.internal.jinja.RenderOptions;
import org.riselm.onnx.internal.jinja.Template;

class ConversationTest {
  @TempDir Path folder;

  private Path file(String json) throws IOException {
    return Files.writeString(folder.resolve("messages.json"), json);
  }

  @Test
  void aMessageThatCallsToolsNeedsNoContentAndItsIntegersHaveAnySize() throws IOException {
    List<Message> messages =
        Conversation.readMessages(
            file(
                """
                [{"role": "user", "content": "2 ** 70?"},
                 {"role": "assistant",
                  "tool_calls": [{"name": "f", "arguments": {"n": 1180591620717411303424}}]}]
                """));
    assertEquals(
        List.of(Map.of("name", "f", "arguments", Map.of("n", BigInteger.ONE.shiftLeft(70)))),
        messages.get(1).fields().get("tool_calls"));
    String shown =
        Template.parse("{{ m.tool_calls[0].arguments | tojson }}{{ m.content is defined }}")
            .render(Map.of("m", messages.get(1).fields()), RenderOptions.ofDefaults());
    assertEquals("{\"n\": 1180591620717411303424}False", shown);
  }

  @Test
  void aMessageThatSaysNothingIsRefused() throws IOException {
    Path file = file("[{\"role\": \"assistant\", \"tool_calls\": null}]");
    String message =
        assertThrows(IOException.class, () -> Conversation.readMessages(file)).getMessage();
    assertTrue(message.contains("message 1 lacks"), message);
  }
}
