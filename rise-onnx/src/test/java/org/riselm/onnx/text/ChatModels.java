package org.riselm.onnx.text;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The folders with tokenizer and chat template that make_chat.py made. */
public final class ChatModels {
  static final List<String> NAMES =
      List.of("chatml", "marked", "thinking", "header", "inst", "brackets");

  private ChatModels() {}

  public static Path folder(String name) {
    try {
      return Path.of(requireNonNull(ChatModels.class.getResource("chat/" + name)).toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  static Tokenizer tokenizer(String name) {
    try {
      return Tokenizer.load(folder(name).resolve("tokenizer.json"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static ChatTemplate template(String name) {
    try {
      return ChatTemplate.read(folder(name)).orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Copies a model's small files to {@code folder}. */
  public static Path copy(String name, Path folder) throws IOException {
    Files.createDirectories(folder);
    try (Stream<Path> files = Files.list(folder(name))) {
      for (Path file : files.toList()) {
        Files.copy(file, folder.resolve(file.getFileName()));
      }
    }
    return folder;
  }

  static JsonNode golden() {
    try {
      return new ObjectMapper()
          .readTree(Files.readString(folder("chatml").resolveSibling("golden.json")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static List<Message> messages(JsonNode conversation) {
    List<Message> messages = new ArrayList<>();
    for (JsonNode m : conversation) {
      messages.add(new Message(new ObjectMapper().convertValue(m, new TypeReference<>() {})));
    }
    return messages;
  }
}
