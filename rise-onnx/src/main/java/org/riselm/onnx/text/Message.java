package org.riselm.onnx.text;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One message of a conversation, as chat templates take it. Immutable.
 *
 * @param fields {@code role}, a string; {@code content}, mostly a string; and whatever else the
 *     model's template reads, such as {@code tool_calls}: null, Boolean, Integer, Long, BigInteger,
 *     Double, String, and lists and maps of these
 */
public record Message(Map<String, ? extends @Nullable Object> fields) {
  static final String ROLE = "role";
  static final String CONTENT = "content";
  static final String ASSISTANT = "assistant";

  /** Checks the role, and copies the fields. */
  public Message {
    if (!(fields.get(ROLE) instanceof String role) || role.isBlank()) {
      throw new IllegalArgumentException("a message has no \"role\": " + fields);
    }
    fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
  }

  /**
   * {@return a message of text}
   *
   * @param role such as {@code user}
   * @param content the text
   */
  public static Message of(String role, String content) {
    return new Message(Map.of(ROLE, role, CONTENT, content));
  }

  /**
   * {@return a user's message}
   *
   * @param content the text
   */
  public static Message user(String content) {
    return of("user", content);
  }

  /**
   * {@return a message of the model's}
   *
   * @param content the text
   */
  public static Message assistant(String content) {
    return of(ASSISTANT, content);
  }

  /** {@return who speaks: "user", "assistant", "system" or another role of the model's template} */
  public String role() {
    return String.valueOf(fields.get(ROLE));
  }

  /**
   * What is said.
   *
   * @throws IllegalArgumentException if the content is no string
   */
  String text() {
    if (fields.get(CONTENT) instanceof String text) {
      return text;
    }
    throw new IllegalArgumentException("a message's \"content\" is no string: " + fields);
  }

  /** {@return whether the model speaks} */
  public boolean isAssistant() {
    return role().equals(ASSISTANT);
  }
}
