package org.riselm.onnx.text;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.riselm.core.internal.util.InputFiles;

/**
 * Messages to learn from: every response in them, each in the context of what stands before it.
 *
 * @param source where they come from, for errors
 * @param messages in order; at least one is the assistant's
 * @param weight how strongly, finite; 0 teaches nothing, below 0 teaches away
 */
public record Conversation(String source, List<Message> messages, double weight) {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  /** Checks that there is something to learn. */
  public Conversation {
    requireNonNull(source, "source");
    messages = List.copyOf(messages);
    if (messages.stream().noneMatch(Message::isAssistant)) {
      throw new IllegalArgumentException(
          source + ": no message has the role \"assistant\", so there is nothing to learn");
    }
    if (!Double.isFinite(weight)) {
      throw new IllegalArgumentException(
          "%s: \"weight\" is %s; it must be finite".formatted(source, weight));
    }
  }

  /**
   * Reads a file with a JSON object on every line: {@code messages}, a list of objects with {@code
   * role} and {@code content}, and {@code weight}, 1 if it is missing. Blank lines count for
   * nothing.
   *
   * @param file the file to read
   * @return the conversations, in the order of the file
   * @throws IOException if there is none, or naming the file and the first line that is no good
   */
  public static List<Conversation> readLines(Path file) throws IOException {
    List<Conversation> out = new ArrayList<>();
    List<String> lines = InputFiles.lines(file);
    for (int i = 0; i < lines.size(); i++) {
      if (!lines.get(i).isBlank()) {
        out.add(read("%s, line %d".formatted(file, i + 1), lines.get(i)));
      }
    }
    if (out.isEmpty()) {
      throw new IOException(file + ": it has no conversations, one on every line");
    }
    return out;
  }

  private static Conversation read(String source, String line) throws IOException {
    JsonNode json = json(source, line);
    if (json.hasNonNull("tools")) {
      throw new IOException(source + ": conversations with \"tools\" are not supported");
    }
    JsonNode weight = json.path("weight");
    if (!weight.isMissingNode() && !weight.isNumber()) {
      throw new IOException("%s: \"weight\" is %s; it must be a number".formatted(source, weight));
    }
    try {
      return new Conversation(source, messages(source, json.path("messages")), weight.asDouble(1));
    } catch (IllegalArgumentException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  /**
   * Reads a file that holds a JSON list of objects with {@code role} and {@code content}.
   *
   * @param file the file to read
   * @return the messages
   * @throws IOException naming the file and what is wrong with it
   */
  public static List<Message> readMessages(Path file) throws IOException {
    return messages(file.toString(), json(file.toString(), InputFiles.text(file)));
  }

  private static JsonNode json(String source, String text) throws IOException {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new IOException("%s: it is not JSON: %s".formatted(source, e.getOriginalMessage()), e);
    }
  }

  private static List<Message> messages(String source, JsonNode list) throws IOException {
    if (!list.isArray() || list.isEmpty()) {
      throw new IOException(
          "%s: there must be a list of messages, each {\"role\": ..., \"content\": ...}"
              .formatted(source));
    }
    List<Message> messages = new ArrayList<>();
    for (JsonNode message : list) {
      String where = "%s: message %d".formatted(source, messages.size() + 1);
      boolean says = message.has(Message.CONTENT) || message.path("tool_calls").isArray();
      if (!message.path(Message.ROLE).isTextual() || !says) {
        throw new IOException(where + " lacks \"role\" or \"content\": " + message);
      }
      try {
        messages.add(new Message(JSON.convertValue(message, new TypeReference<>() {})));
      } catch (IllegalArgumentException e) {
        throw new IOException("%s: %s".formatted(where, e.getMessage()), e);
      }
    }
    return messages;
  }
}
