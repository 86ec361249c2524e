package org.riselm.onnx.text;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.riselm.onnx.Fuzz;

/** Damaged files beside a chat model, and damaged conversations. */
class ChatFuzzTest {
  @TempDir Path folder;

  @Test
  void damagedTokenizerConfigs() throws IOException {
    Path file = folder.resolve("tokenizer_config.json");
    byte[] whole = Files.readAllBytes(ChatModels.folder("header").resolve("tokenizer_config.json"));
    Fuzz.run(
        file,
        random -> {
          Files.write(file, damaged(random, whole));
          ChatTemplate.read(folder);
        });
  }

  @Test
  void damagedConversations() throws IOException {
    Path file = folder.resolve("examples.jsonl");
    byte[] whole =
        """
        {"messages": [{"role": "user", "content": "8 + 4?"}, {"role": "assistant", "content": "12"}]}
        {"messages": [{"role": "assistant", "content": "\u00e4", "calls": [1, {"a": null}]}], "weight": -0.5}
        """
            .getBytes(StandardCharsets.UTF_8);
    Fuzz.run(
        file,
        random -> {
          Files.write(file, damaged(random, whole));
          Conversation.readLines(file);
        });
  }

  private static byte[] damaged(SplittableRandom random, byte[] whole) {
    byte[] out = Fuzz.damaged(random, whole);
    return random.nextInt(3) == 0 ? Fuzz.damaged(random, out) : out;
  }
}
