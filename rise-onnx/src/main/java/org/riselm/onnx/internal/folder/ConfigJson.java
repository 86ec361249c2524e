package org.riselm.onnx.internal.folder;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.Iterables;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.riselm.core.internal.util.InputFiles;
import org.riselm.onnx.internal.gguf.GgufFolder;

/** The fields of a JSON object, read strictly: every refusal names the file and the field. */
public final class ConfigJson {
  /** Far more than any configuration has; what is larger is something else. */
  private static final long LARGEST = 16 << 20;

  private static final JsonMapper JSON =
      JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private final Path file;
  private final String prefix;
  private final JsonNode json;

  private ConfigJson(Path file, String prefix, JsonNode json) {
    this.file = file;
    this.prefix = prefix;
    this.json = json;
  }

  /** An object that {@code file} has or will have. */
  static ConfigJson of(Path file, JsonNode json) {
    return new ConfigJson(file, "", json);
  }

  static ConfigJson read(Path file) throws IOException {
    try {
      if (!GgufFolder.isWithin(file)) {
        checkSize(file);
      }
      JsonNode json = JSON.readTree(GgufFolder.text(file));
      if (!json.isObject()) {
        throw new IOException(file + ": not a JSON object");
      }
      return new ConfigJson(file, "", json);
    } catch (NoSuchFileException e) {
      throw new IOException(file + ": there is no such file, and its folder needs one", e);
    } catch (JsonProcessingException e) {
      throw new IOException(file + ": not JSON: " + e.getOriginalMessage(), e);
    }
  }

  private static void checkSize(Path file) throws IOException {
    InputFiles.check(file);
    if (Files.size(file) > LARGEST) {
      throw new IOException(
          "%s: %d bytes, more than the %d that a configuration may have"
              .formatted(file, Files.size(file), LARGEST));
    }
  }

  /** Whether the field is there and not null. */
  public boolean has(String field) {
    return json.hasNonNull(field);
  }

  /** Whether the field is there and null. */
  public boolean isNull(String field) {
    return json.path(field).isNull();
  }

  boolean isText(String field) {
    return json.path(field).isTextual();
  }

  /** Whether the field says nothing: missing, null, false, or an empty list, text or object. */
  boolean isEmpty(String field) {
    JsonNode v = json.path(field);
    boolean isEmptyText = v.isTextual() && v.textValue().isEmpty();
    boolean isFalse = v.isBoolean() && !v.booleanValue();
    return !has(field) || isEmptyText || isFalse || (v.isContainerNode() && v.isEmpty());
  }

  /** The names of all fields, in the file's order. */
  List<String> fields() {
    return ImmutableList.copyOf(json.fieldNames());
  }

  /** The object in {@code field}; empty if it is missing or null. */
  ConfigJson object(String field) throws IOException {
    JsonNode v = json.path(field);
    if (!isEmpty(field) && !v.isObject()) {
      throw refusal(field, "an object");
    }
    return new ConfigJson(file, prefix + field + ".", v.isObject() ? v : MissingNode.getInstance());
  }

  public int integer(String field) throws IOException {
    JsonNode v = json.path(field);
    if (!v.isInt()) {
      throw refusal(field, "a whole number");
    }
    return v.intValue();
  }

  public int integer(String field, int absent) throws IOException {
    return has(field) ? integer(field) : absent;
  }

  /** The whole number in {@code field}, from {@code least} to {@code most}. */
  int integer(String field, int least, int most) throws IOException {
    int value = integer(field);
    if (value < least || value > most) {
      throw refusal(field, "a whole number from %d to %d".formatted(least, most));
    }
    return value;
  }

  /** The finite number in {@code field} above 0 and below {@code limit}. */
  double positive(String field, double limit, double absent) throws IOException {
    double value = number(field, absent);
    if (!(value > 0 && value < limit)) {
      throw refusal(
          field, limit < Double.POSITIVE_INFINITY ? "above 0, below " + limit : "above 0, finite");
    }
    return value;
  }

  double number(String field, double absent) throws IOException {
    JsonNode v = json.path(field);
    if (has(field) && !v.isNumber()) {
      throw refusal(field, "a number");
    }
    return has(field) ? v.doubleValue() : absent;
  }

  double number(String field) throws IOException {
    need(field);
    return number(field, 0);
  }

  public boolean bool(String field, boolean absent) throws IOException {
    JsonNode v = json.path(field);
    if (has(field) && !v.isBoolean()) {
      throw refusal(field, "true or false");
    }
    return has(field) ? v.booleanValue() : absent;
  }

  public String text(String field, String absent) throws IOException {
    JsonNode v = json.path(field);
    if (has(field) && !v.isTextual()) {
      throw refusal(field, "text");
    }
    return has(field) ? v.textValue() : absent;
  }

  /** The texts in a list. */
  Set<String> texts(String field) throws IOException {
    JsonNode v = json.path(field);
    Set<String> texts = new LinkedHashSet<>();
    v.forEach(text -> texts.add(text.asText()));
    if (!v.isArray() || !Iterables.all(v, JsonNode::isTextual)) {
      throw refusal(field, "a list of texts");
    }
    return texts;
  }

  /** The texts in a list, in order. */
  List<String> textList(String field) throws IOException {
    texts(field);
    return ImmutableList.copyOf(Iterables.transform(json.path(field), JsonNode::textValue));
  }

  /** The numbers in a list, in order. */
  List<Double> numbers(String field) throws IOException {
    JsonNode v = json.path(field);
    if (!v.isArray() || !Iterables.all(v, JsonNode::isNumber)) {
      throw refusal(field, "a list of numbers");
    }
    return ImmutableList.copyOf(Iterables.transform(v, JsonNode::doubleValue));
  }

  /** The whole numbers in a list, or a single one. */
  Set<Integer> integers(String field) throws IOException {
    JsonNode v = json.path(field);
    if (v.isInt()) {
      return Set.of(v.intValue());
    }
    Set<Integer> numbers = new LinkedHashSet<>();
    v.forEach(number -> numbers.add(number.asInt()));
    if (!v.isArray() || !Iterables.all(v, JsonNode::isInt)) {
      throw refusal(field, "a whole number or a list of them");
    }
    return numbers;
  }

  /** An expression that {@code field} is about. */
  BoundedPattern pattern(String field, String regex) throws IOException {
    try {
      return new BoundedPattern(regex);
    } catch (IllegalArgumentException e) {
      throw unreadable(field, e);
    }
  }

  /** Whether an expression that {@code field} is about matches the whole of {@code name}. */
  boolean matches(String field, BoundedPattern pattern, String name) throws IOException {
    try {
      return pattern.matches(name);
    } catch (IllegalArgumentException e) {
      throw unreadable(field, e);
    }
  }

  private IOException unreadable(String field, IllegalArgumentException e) {
    return new IOException(
        "%s: %s is no regular expression that can be read: %s"
            .formatted(file, prefix + shortened(field), shortened(e.getMessage())),
        e);
  }

  /** Refuses a missing field: one whose default differs between versions of its readers. */
  public void need(String field) throws IOException {
    if (json.path(field).isMissingNode()) {
      throw refusal(field, "a value");
    }
  }

  /** Refuses another value than {@code only}, which is also meant if there is none. */
  public void require(String field, boolean only) throws IOException {
    if (bool(field, only) != only) {
      throw refusal(field, Boolean.toString(only));
    }
  }

  /** A field that must have one value, if it is there at all; null allows none. */
  public record Expectation(String field, @Nullable Object value) {
    public static Expectation text(String field, String value) {
      return new Expectation(field, value);
    }

    public static Expectation number(String field, double value) {
      return new Expectation(field, value);
    }

    public static Expectation flag(String field, boolean value) {
      return new Expectation(field, value);
    }

    public static Expectation absent(String field) {
      return new Expectation(field, null);
    }
  }

  public void require(Expectation expected) throws IOException {
    JsonNode v = json.path(expected.field());
    if (!has(expected.field())) {
      return;
    }
    Object found =
        v.isNumber() ? (Object) v.doubleValue() : v.isBoolean() ? v.booleanValue() : v.asText();
    if (!found.equals(expected.value())) {
      throw refusal(
          expected.field(), expected.value() == null ? "nothing" : expected.value().toString());
    }
  }

  /** The failure that says what {@code field} is and what it should be. */
  public IOException refusal(String field, String expected) {
    JsonNode v = json.path(field);
    String found = v.isMissingNode() ? "missing" : v.toString();
    return new IOException(
        "%s: %s is %s; supported is %s"
            .formatted(file, prefix + shortened(field), shortened(found), expected));
  }

  private static String shortened(@Nullable String text) {
    return text != null && text.length() > 200 ? text.substring(0, 200) + "…" : "" + text;
  }

  public IOException refusal(IllegalArgumentException e) {
    return new IOException(file + ": " + e.getMessage(), e);
  }
}
